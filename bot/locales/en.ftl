### English, for everybody who does not read Chinese. Keep the sections and their keys as in the other catalogue.

## home

home-seat = <b>{ $merchant }</b> · seat { $seat }
home-no-seat = You are not at a seat. Scan the QR code at one to order.
home-wallet = To spend: <b>{ $available }</b>
home-held = Set aside for your orders: { $held }
home-disputed = Set aside while a payment is disputed: { $held }

## open_account

open-account-greeting =
    Welcome to <b>{ $merchant }</b>, { $name }.
    You are at seat { $seat }.

    Order and pay from here. When you leave, the rest of your money goes back to where it came from.
open-account-terms = With one tap you open a fund account and accept the terms. It is bound to the card or account of your first payment.
open-account-no-seat =
    Hello { $name }. I am the cashier of places that let you order from your seat.

    To begin, scan the QR code at your seat with your phone's camera.
open-account-admin =
    Hello { $name }. You are an admin of this cashier: /help lists what you can do.

    To order something yourself, scan the QR code at a seat.
open-account-done = Your account is open. Top up, order, and get the rest back whenever you like.
language-choose = Which language shall I speak?
language-set = This group reads English from now on.

## top_up

top-up-choose = How much would you like to top up? Tap an amount, or type one.
top-up-owed = You owe { $amount } since a disputed payment was taken back: that comes off first.
top-up-bonus = 🎁 On top of a top-up you get { $tiers }: yours to spend here once the top-up is spent, and never paid out.
top-up-tier = { $bonus } from { $least } on
top-up-type = Type an amount from { $least } to { $most }, for example { $example }.
top-up-pay = You are topping up <b>{ $amount }</b>. How to pay comes right below. As soon as it is paid, the money is yours to spend.
top-up-invoice-title = Top-up { $number }
top-up-invoice-text = Prepaid food, drinks and seat service. What you do not spend goes back to this payment. Pay by { $expires }.
top-up-invoice-label = Top-up
top-up-paid = ✅ <b>{ $amount }</b> received ({ $number }).
top-up-paid-again = ✅ <b>{ $amount }</b> received: { $number } was paid once more. It is all yours.
top-up-bound = Your account is bound to { $account }: what you do not spend goes back there.
top-up-from = It came from { $account } and goes back there.
top-up-ways = How would you like to pay <b>{ $amount }</b>?
top-up-charging = Charging <b>{ $amount }</b>. You will see here when it has arrived.
top-up-charge-link = Pay <b>{ $amount }</b> with { $gateway }, by { $expires }. The button below opens the page.
top-up-charge-qr = Pay <b>{ $amount }</b> with { $gateway }, by { $expires }. Scan the QR code that comes next with its app.
top-up-charge-unsure = { $gateway } does not answer at the moment. I keep asking, and tell you here. Everything else works: you can also pay <b>{ $amount }</b> another way, and whatever is paid is yours.
top-up-charge-refused = { $gateway } does not take this payment of <b>{ $amount }</b>. Nothing was charged. You can pay another way.
top-up-looking = Asking { $gateway }. What is paid shows here.
top-up-charge-paid = { $gateway }: <b>{ $amount }</b> is paid.
top-up-charge-ended = The time to pay <b>{ $amount }</b> with { $gateway } is over. Nothing was charged.
top-up-qr-caption = { $number } · { $amount }
top-up-sent-back = ↩️ <b>{ $amount }</b> came from { $account }, but your account is bound to { $bound }. It goes back to where it came from.
gateway-telegram = Card
gateway-stripe = Card, on Stripe's page
gateway-wechat = WeChat Pay
gateway-alipay = Alipay
gateway-sandbox = Card
gateway-sandbox-link = Sandbox Pay
gateway-sandbox-qr = Sandbox QR
top-up-stray-back = { $amount } that matched no top-up of yours went back to where it came from.
top-up-stray = We received { $amount } from you that matches no top-up of yours. It is safe with us, and our staff have been told.

## order_goods

menu-title =
    <b>{ $merchant }</b>
    Tap what you would like.
menu-empty = <b>{ $merchant }</b> has nothing on its menu yet.
menu-sold-out = { $item } · sold out
menu-details = What would you like to know more about?
item-title = <b>{ $item }</b>
item-described = <b>{ $item }</b>: { $description }
options-just =
    { $most ->
        [one] <b>{ $group }</b>: choose one
       *[other] <b>{ $group }</b>: choose { $most }
    }
options-some = <b>{ $group }</b>: choose { $least } to { $most }
menu-item = { $item } · { $price }
menu-item-happy = 🎉 { $item } · { $price }
menu-not-now = { $item } · not at this hour
menu-happy = 🎉 Happy hour until { $until }, { $left } left
menu-happy-soon = 🎉 From { $time }: { $items }
menu-happy-item = { $item } for { $price }
item-happy-soon = 🎉 From { $time }: { $price }
menu-favourites = ⭐ <b>What you like here</b>
menu-no-favourites = Nothing of what you like here can be had at the moment.
button-favourites = ⭐ What I like
item-hours = 🕒 { $hours }
item-happy-hour = 🎉 { $hours }
cart-title = <b>Your order</b>
cart-empty = Your cart is empty.
cart-total = Together <b>{ $total }</b>
cart-type-note = What should the staff know about this order? Type up to { $most } characters.
cart-changed = The menu has changed. Please look again:
cart-change-gone = • { $item } is no longer available, I took it out
cart-change-left =
    { $left ->
        [one] • only one { $item } is left, I took the others out
       *[other] • only { $left } { $item } are left, I took the others out
    }
cart-change-told = • { $item }: what it contains, or for what age it is, has changed
cart-change-price = • { $item } is { $after } now, it was { $before }
order-row = { $quantity } × { $item } · { $amount }
warning-allergens = ⚠️ Contains { $allergens }
warning-age = 🔞 From { $age } years, with an ID
order-note = ✎ { $note }
order-short =
    You are short <b>{ $short }</b>.

    Top up { $amount } and your order goes on by itself.
order-title = <b>Order { $number }</b> · seat { $seat }
order-placed = ⏳ Sent to the staff. The money is set aside, not spent.
order-accepted = 👍 Accepted, being made.
order-preparing = 🍳 Being prepared right now.
order-ready = 🔔 Ready, on its way to you.
order-delivered = ✅ Delivered. Enjoy!
order-undeliverable = 🚪 We could not bring it to you: nobody was at the seat. It was made for you and is on your bill. If that is not right, please tell the staff.
order-comped = 🎁 On the house: { $reason }. It costs you nothing.
order-returned = ↩️ Taken back: { $reason }. It costs you nothing.
order-declined = ❌ Not possible: { $reason }. Your money is free again.
order-cancelled = Cancelled. Your money is free again.
order-expired = ⌛ Nobody answered in time. Your money is free again.
order-miss = 🚪 We came to your seat with your order and found nobody. Please wave to the staff, or scan the code of the seat where you are.
order-keep = 👍 The staff are already on it and cannot cancel it any more. It is coming.
order-promised = ⏱ About { $time }
order-usual = ⏱ Usually about { $wait }
order-usual-placed = ⏱ Usually about { $wait } from when it is accepted
order-cancel-asked = ✋ You asked to cancel. The staff will answer in a moment.
order-instead = ↔️ Instead of what was sold out
order-instead-offered = Would you like something else? One tap puts it into your cart.
order-cancel-asked-toast = The staff were asked
line-placed = 🆕 { $row }
line-accepted = 👍 { $row }
line-preparing = 🍳 { $row }
line-ready = 🔔 { $row }
line-delivered = ✅ { $row }
line-undeliverable = 🚪 { $row }
line-comped = 🎁 <s>{ $row }</s> · { $reason }
line-returned = ↩️ <s>{ $row }</s> · { $reason }
line-declined = ❌ <s>{ $row }</s> · { $reason }
line-cancelled = ✖️ <s>{ $row }</s>
line-expired = ⌛ <s>{ $row }</s>
substitute-which = For which of these may something else come if it is sold out?
substitute-choose = What shall come if { $item } is sold out? It comes by itself if it costs no more; otherwise you are asked.
cart-substitute = ↔️ if sold out: { $item }
order-placed-toast = Sent to the staff
order-cancelled-toast = Cancelled

## enter

enter-whom = For whom at seat <b>{ $seat }</b>?
enter-title = ✍️ <b>Entered for { $name } · seat { $seat }</b>
enter-sent = ⏳ Sent to { $name }, who has to confirm it.
enter-confirmed = ✅ { $name } has confirmed it: { $number }
enter-refused = ❌ { $name } said no.
enter-lapsed = ⌛ { $name } has not answered in time. Nothing was ordered.
enter-withdrawn = Taken back. Nothing was ordered.
enter-dropped = Dropped by { $by }.
enter-sent-toast = Sent to the customer
entered-title = ✍️ <b>{ $by } entered for you</b>
entered-sent = Nothing is set aside before you confirm it.
entered-confirmed = ✅ Confirmed ({ $number }).
entered-toast = Confirmed
entered-refused = You said no. Nothing was ordered.
entered-lapsed = ⌛ Not confirmed in time. Nothing was ordered.
entered-withdrawn = The staff have taken it back. Nothing was ordered.
card-entered = ✍️ Entered by { $by }, confirmed by the customer
order-entered = ✍️ Entered for you by { $by }
button-enter = ✍️ Enter an order for this customer
button-send-entered = Send to { $name } · { $total }
button-drop-entered = Drop it
button-take-back = Take it back
button-confirm-entered = Confirm · { $total }
button-refuse-entered = No
refused-seat-to-enter = For which seat? Write it behind the command, as in /enter A12
refused-nobody-there = Nobody with an account sits at { $seat } at the moment.
command-staff-enter = enter an order for a customer

## party

party-none = 👥 Sitting with others? At a shared table you see who had what, and you can let the others order on you. Everybody keeps their own wallet and checks out alone.
party-title = 👥 <b>Your table at { $merchant }</b>
party-title-at = 👥 <b>{ $host }'s table</b>: { $names }
party-host = { $name } (you)
party-person = { $name }
party-person-gone = { $name }, not here any more
party-sum = <b>{ $name }</b> · { $total }
party-row = { "  " }{ $quantity } × { $item } · { $amount }
party-row-on-host = { "  " }{ $quantity } × { $item } · { $amount } · on the host
party-row-on-you = { "  " }{ $quantity } × { $item } · { $amount } · on you
party-total = Together <b>{ $total }</b>
party-limit = The others may order on you: up to { $limit } in all, { $left } of it is left.
party-limit-nobody = Nobody orders on you: everybody pays for themselves.
party-limit-of = You may order on { $host }: up to { $limit } for all of you together.
party-limit-left = { $left } of it is left.
party-own = Everybody pays for themselves.
party-limit-ask = How much may the others order on you, all of them together? Tap a sum, or type one. You can change it at any time, and you are told of every order.
party-invite = 👥 <b>{ $host }'s table</b>. Pass this on to whoever sits with you, or let them scan the picture below.
party-qr-caption = Scan to join { $host }'s table
party-companion-asked = 👥 { $name } sits at your seat and would like to join your table.
party-companion-joined = 👥 { $name } has joined your table.
party-companion-left = 👥 { $name } has left your table. What was ordered stays as it is.
party-companion-removed = 👥 { $name } is not at your table any more. What was ordered stays as it is.
party-companion-again = 👥 You let { $name } come again; the link lets them in.
party-companion-changed = 👥 { $name } does not ask to join any more.
party-companion-refused = 👥 { $name } was not let in.
party-you-refused = { $host } would rather keep the table as it is. You keep your seat and your wallet.
party-you-asked = You asked { $host } to let you join.
party-you-joined = 👥 You are at { $host }'s table.
party-you-left = You have left { $host }'s table. What you ordered stays as it is.
party-you-removed = { $host } has taken you off the table. What you ordered stays as it is; you keep your seat and your wallet.
party-again = { $host } lets you come again: open the link to the table once more.
party-over = { $host }'s table is closed. You keep your seat, your orders and your wallet.
party-closed-here = Your table is closed. Everybody keeps their seat, their orders and their wallet.
origin-host-paid = 👥 Ordered by { $receiver }, on you
origin-host-received = 👥 On { $payer }
origin-host-card = 👥 For { $receiver }, on { $payer }
paid-undeliverable = 🚪 We could not bring it to you: nobody was at the seat. It was made, and is on { $payer }'s bill.
paid-declined = ❌ Not possible: { $reason }. { $payer }'s money is free again.
paid-cancelled = Cancelled. { $payer }'s money is free again.
paid-expired = ⌛ Nobody answered in time. { $payer }'s money is free again.
check-out-brought = Still coming to your seat, paid by others: { $amount }. It comes even if you check out.
evidence-order-for = for { $receiver }, paid by this customer
receipt-row-for = { $row } · for { $receiver }
button-table = 👥 Table
button-start-table = Start a table
button-invite-table = Invite
button-join-table = Join the table
button-ask-host = Join { $host }'s table
button-let-join = Let in
button-keep-out = No
button-let-in-name = Let { $name } in
button-let-again = Let { $name } come again
button-remove = ✕ { $name }
button-leave-table = Leave the table
button-close-table = Close the table
button-limit = On me…
button-nobody = Nobody
button-place-on-host = On { $host } · { $total }
refused-party-over = This table is closed, or the link is an old one. Ask for a new one.
refused-party-full = The table is full: { $most } can join.
refused-own-party = This is your own table.
refused-already-in-party = You sit at a table already. Leave or close it first.
refused-not-in-party = You are not at that table any more.
refused-removed-from-party = { $host } has taken you off this table. Only { $host } can let you come again.
refused-seat-first = To join { $host }'s table, scan the QR code at your seat at { $merchant } first. Then open the link again.
refused-limit-reached = That is more than { $host } allows: { $left } of it is left.
refused-host-short = { $host }'s wallet has too little left for that at the moment.

## gift

gift-where = 🎁 To which seat? Tap or type its label. Whoever sits there is asked; it is ordered if they say yes.
gift-whom = 🎁 For whom at seat <b>{ $seat }</b>?
gift-title = 🎁 <b>A gift for { $receiver }</b>
gift-giver-offered = ⏳ { $receiver } was asked. { $amount } is set aside, not spent.
gift-giver-accepted = ✅ { $receiver } says yes, please: { $number }
gift-giver-declined = { $receiver } says no, thank you. Your money is free again.
gift-giver-lapsed = ⌛ { $receiver } has not answered. Your money is free again.
gift-giver-withdrawn = Taken back. Your money is free again.
gift-giver-gone = Something of it was sold out meanwhile. Your money is free again.
gift-question = 🎁 <b>{ $giver } at { $seat }</b> would like to give you:
gift-row = { $quantity } × { $item }
gift-receiver-accepted = ✅ Yes, please ({ $number }). It comes to your seat.
gift-receiver-declined = You said no, thank you.
gift-receiver-lapsed = ⌛ Nobody answered in time.
gift-receiver-withdrawn = It was taken back.
gift-receiver-gone = Sorry, something of it was sold out meanwhile.
gift-blocked = You get no gifts from { $giver } any more.
gift-offered-toast = Offered
origin-gift-paid = 🎁 A gift for { $receiver }
origin-gift-received = 🎁 A gift from { $payer }
origin-gift-card = 🎁 For { $receiver }, a gift from { $payer }
button-give = 🎁 Give it to another seat
button-give-to = To { $name } · { $total }
button-take-gift = Yes, please
button-decline-gift = No, thank you
button-block-giver = No gifts from { $giver }
button-unblock-giver = Gifts from { $giver } again
button-take-gift-back = Take it back
refused-gift-over = This gift was answered, taken back or has lapsed.
refused-gift-short = You are short { $short } for this gift. Top up first, then give it.
refused-gifts-refused = { $receiver } would rather not get gifts at the moment.
refused-gift-too-soon = They were asked a moment ago. Please leave them a little time.
refused-too-many-gifts = { $most } of your gifts are still waiting for an answer.
refused-receiver-gone = They are not there any more. Please choose again.

## check_out

check-out-title = <b>Check out</b>
check-out-delivered = Delivered: { $amount }
check-out-coming = Still coming: { $amount }
check-out-unanswered = Not accepted yet, will be cancelled: { $amount }
check-out-left = Left for you: <b>{ $amount }</b>. You can have it back on { $account }, or keep it here.
check-out-left-some = Left for you: <b>{ $amount }</b>. { $back } of it can go back to { $account } now: the rest is disputed, owed, or a bonus.
check-out-no-rest = Nothing is left over.
check-out-nothing-due = You have nothing to pay.
check-out-wait-or-pay = Orders over { $amount } are on their way. You can wait for them, or pay for them now.
check-out-toast = Checked out
check-out-done = Thank you for coming to { $merchant }.
receipt-title =
    🧾 <b>Receipt { $number }</b>
    { $merchant } · seat { $seat } · { $time }
receipt-paid = Paid <b>{ $amount }</b>
receipt-tax = of it { $rate } % tax: { $amount }
receipt-refund = { $amount } goes back to you ({ $number })
receipt-kept = { $amount } stays in your wallet

## refund

balance-title = <b>Your wallet</b>
balance-available = To spend: <b>{ $amount }</b>
balance-owed = You owe, since a disputed payment was taken back: { $amount }
balance-refunding = On its way back to you: { $amount }
balance-made-of = Made of:
balance-lot = • { $left } of { $brought } ({ $number })
balance-lot-disputed = • { $left } of { $brought } ({ $number }, disputed)
balance-lot-bonus = • { $left } of { $brought } (bonus for { $number }, to be spent here)
balance-promised = 🎁 { $amount } comes on top once what is left of { $number } is spent
balance-bound = Bound to: { $account }
balance-unbound = your first payment
binding-toast = One moment
binding-open = Name the card or account that your money comes from and goes back to, on the page of { $gateway }. Nothing is charged.
binding-bound = ✅ Your account is bound to { $account }.
binding-refused = { $gateway } cannot bind your account now. Your first payment will.
binding-freed = Your account is bound to nothing now. Your next payment binds it again.
refund-ask = <b>{ $amount }</b> goes back to where it came from:
refund-ask-part = • { $amount } to { $account }
refund-stuck-window_over = • { $amount } to { $account }: too long ago to go back there
refund-stuck-too_many = • { $amount } to { $account }: nothing more can go back there
refund-stuck-too_small = • { $amount } to { $account }: too little to go back there
refund-stuck-whole_only = • { $amount } to { $account }: only the whole payment could go back there
refund-stuck-no_gateway = • { $amount } to { $account }: nothing can go back there at the moment
refund-stuck = Our staff find another way for what cannot go back; until then it is kept for you.
refund-ask-days = It can take a few days to show there.
refund-toast = On its way
refund-held = { $held } stays set aside for your orders.
refund-source = the payment of { $number }
refund-title = 💸 <b>Refund { $number }</b> · { $amount }
refund-part-planned = ⏳ { $amount } to { $account }: being sent
refund-part-pending = ⏳ { $amount } to { $account }: on its way, not confirmed yet. We keep asking
refund-part-parked = ⚠️ { $amount } to { $account }: it could not be sent. Your money is safe, and our staff are on it
refund-part-done = ✅ { $amount } to { $account }
refund-part-returned = ↩️ { $amount } could not be sent to { $account }. It is back in your wallet
refund-part-rerouted = ✅ { $amount } could not go back to { $account }. Our staff pay it out to you by hand
refund-window = ⏳ <b>{ $amount }</b> from { $account } can go back there until { $until } only. Spend it before, or get it back: /balance
refund-done = Sent. It can take a few days to show there.
dispute-open = ⚖️ Your bank was asked to take back { $amount } of { $number }: { $held } of your wallet is set aside until that is settled.
dispute-won = ⚖️ The dispute over { $amount } of { $number } is over, and the money stays here: what was set aside is yours to spend again.
dispute-lost = ⚖️ Your bank has taken back { $amount } of { $number }: it was taken out of your wallet.
dispute-lost-owed = ⚖️ Your bank has taken back { $amount } of { $number }: { $held } was taken out of your wallet, and you owe the other { $owed }.
debt-paid = { $amount } that you owed for a payment taken back came off your wallet. You owe nothing more.
debt-paid-some = { $amount } of what you owed for a payment taken back came off your wallet. You still owe { $left }.
bonus-came = 🎁 { $number } is spent, and { $amount } came on top: yours to spend here.
history-title = <b>Your latest documents</b>
history-empty = There is nothing here yet.
history-row = { $time } · <b>{ $number }</b> { $what } · { $amount }
document-t = top-up
document-t-pending = top-up, not paid
document-t-expired = top-up, never paid
document-g = order
document-g-declined = order, declined
document-g-cancelled = order, cancelled
document-g-expired = order, not answered
document-c = checkout
document-r = refund
document-top-up-pending = <b>Top-up { $number }</b> · { $amount } · { $time } · not paid yet
document-top-up-paid = <b>Top-up { $number }</b> · { $amount } · { $time } · paid
document-top-up-expired = <b>Top-up { $number }</b> · { $amount } · { $time } · expired

## counter

card-title = <b>{ $number } · seat { $seat }</b> · { $total }
card-placed = 🆕 New, { $time }
card-moved = ↪️ Now at seat <b>{ $seat }</b>
card-accepted = 👍 Accepted by { $by }
card-preparing = 🍳 { $by } is on it
card-ready = 🔔 Ready, says { $by }
card-delivered = ✅ Delivered by { $by }
card-undeliverable = 🚪 Could not be delivered, says { $by }
card-comped = 🎁 On the house, says { $by }: { $reason }
card-returned = ↩️ Taken back by { $by }: { $reason }
card-miss = 🚪 Nobody at the seat, says { $by }
card-promised = ⏱ Promised for { $time }
card-cancel-asked = ✋ <b>The customer asks to cancel</b>
card-declined = ❌ Declined by { $by }: { $reason }
card-cancelled = Cancelled by the customer
card-expired = ⌛ Nobody answered, released
card-paid = Already paid at checkout
reason-sold-out = Sold out
reason-too-busy = Too busy
reason-closing = We are closing
reason-other = Not possible now
reason-no-id = no ID for the age it is for
reason-mistake = Our mistake
reason-too-late = Took too long
reason-quality = Not good
reason-goodwill = Goodwill
counter-hello = Hello! To receive a merchant's orders in this group, type /link and the code that an admin gave you.
counter-linked =
    This group takes the orders of <b>{ $merchant }</b> from now on.
    Each order comes as one card with buttons. /menu marks things sold out, /today shows the figures, /help the rest.
counter-left = 👋 Seat { $seat } left. Paid <b>{ $amount }</b> ({ $number }).
counter-why-not = Why not?
counter-why = Why?
counter-menu = <b>Menu</b> · tap to mark sold out or back, ✎ for price and count
counter-no-menu = There is no menu yet. An admin sends it to me as a file.
counter-item-on = ✅ { $item }
counter-item-hidden = 🙈 { $item }
edit-title = <b>{ $item }</b> · { $price }
edit-no-count = Not counted
edit-left = Left: { $left }
edit-sold-out = 🚫 Sold out
edit-hidden = 🙈 Hidden from customers
edit-stock-down-1-key = −1 left
edit-stock-up-1-key = +1 left
edit-stock-up-10-key = +10 left
edit-no-count-key = Do not count
edit-sold-out-key = 🚫 Sold out
edit-back-key = ✅ Back
edit-hide-key = 🙈 Hide
edit-show-key = Show
counter-item-off = 🚫 { $item }
counter-sold-out-toast = { $item } is sold out now
counter-back-toast = { $item } is back
counter-accept-toast = { $number } accepted
counter-ask-id = 🔞 Something in it is for { $age } years and older. Look at the ID before you hand it over.
counter-id-fine-toast = { $number } delivered, ID checked
counter-no-id-toast = { $number }: kept back, the money is free again
counter-ready-toast = { $number } is ready
counter-deliver-toast = { $number } delivered
counter-decline-toast = { $number } declined
counter-prepare-toast = { $number } is being prepared
counter-promise-toast = { $number } accepted, with a time
counter-miss-toast = { $number }: the customer is told
counter-give-up-toast = { $number } could not be delivered
counter-let-go-toast = { $number } cancelled
counter-keep-toast = { $number } goes on, the customer is told
counter-comp-toast = { $number }: on the house
counter-return-toast = { $number }: taken back
counter-line = Only for <b>{ $item }</b>:
deed-row = { $time } · { $by } · { $what }
deed-row-line = { $time } · { $by } · { $what } · { $item }
deed-accept = accepted
deed-decline = declined
deed-prepare = in preparation
deed-ready = ready
deed-id-fine = delivered, ID checked
deed-no-id = kept back, no ID
deed-deliver = delivered
deed-promise = accepted with a time
deed-miss = nobody at the seat
deed-give-up = could not be delivered
deed-let-go = cancelled as asked
deed-keep = not cancelled
deed-comp = on the house
deed-return = taken back
staff-title = <b>The staff of { $merchant }</b>
staff-nobody =
    <b>{ $merchant }</b> has no staff list yet: everybody in its group may do everything there.
    With the first owner the list begins, and roles count.
staff-member = { $name } · { $role }
staff-one = <b>{ $name }</b> · { $role } since { $since }
staff-invite = Whoever opens this first joins the staff of <b>{ $merchant }</b> as { $role }. The link works once, within 24 hours.
staff-joined = You are of the staff of <b>{ $merchant }</b> now, as { $role }. Orders are served in its group.
staff-told = 👤 { $name } is { $role } now
staff-told-ended = 👤 { $name } is no longer of the staff
staff-changed-toast = { $name } has another role now
staff-ended-toast = { $name } is off the list
role-owner = owner
role-manager = manager
role-cashier = cashier
role-waiter = waiter
merchant-deed-invite = made a link for one { $about }
merchant-deed-join = joined as { $about }
merchant-deed-role-owner = made { $about } owner
merchant-deed-role-manager = made { $about } manager
merchant-deed-role-cashier = made { $about } cashier
merchant-deed-role-waiter = made { $about } waiter
merchant-deed-end = took { $about } off the list
merchant-deed-price-down-5 = { $about } cheaper
merchant-deed-price-down-1 = { $about } cheaper
merchant-deed-price-up-1 = { $about } dearer
merchant-deed-price-up-5 = { $about } dearer
merchant-deed-stock-down-1 = { $about }: one less counted
merchant-deed-stock-up-1 = { $about }: one more counted
merchant-deed-stock-up-10 = { $about }: ten more counted
merchant-deed-no-count = { $about } not counted any more
merchant-deed-hide = { $about } hidden
merchant-deed-show = { $about } shown
merchant-deed-sold-out = { $about } sold out
merchant-deed-back = { $about } back
merchant-deed-pause = paused ordering
merchant-deed-resume = resumed ordering
merchant-deed-settings = changed what happens when nobody answers
board-title =
    { $count ->
        [one] 📋 <b>One open order</b>
       *[other] 📋 <b>{ $count } open orders</b>
    }
board-empty = 📋 <b>Nothing is open</b>
board-paused = ⏸ <b>Ordering is paused</b>
board-placed = 🆕 { $time } · { $number } · { $seat }
board-accepted = 👍 { $time } · { $number } · { $seat } · { $by }
board-preparing = 🍳 { $time } · { $number } · { $seat } · { $by }
board-ready = 🔔 { $time } · { $number } · { $seat } · { $by }
board-more = … and { $count } more
ordering-pause = ⏸ { $by } paused ordering. /resume takes orders again.
ordering-resume = ▶️ { $by } resumed ordering.
ordering-paused-toast = Ordering is paused
ordering-resumed-toast = Orders are taken
counter-reminder = ⏰ Waiting for an answer since { $time }
counter-paused-by-silence = ⏸ Ordering is paused, because nobody answered several orders in a row. /resume takes orders again.
staff-alert = ⏰ { $merchant }: nobody answers order { $number } at seat { $seat }.
staff-paused-by-silence = ⏸ { $merchant }: ordering is paused, because nobody answered several orders in a row. /resume in its group takes orders again.
silence-title = <b>When nobody answers an order</b>
silence-ping = 1. the group is reminded: { $wait }
silence-alert = 2. owners and managers are told: { $wait }
silence-release = 3. the order is released: { $wait }
silence-pause = 4. ordering is paused: { $wait }
silence-never = never
silence-default = as usual
silence-seconds = { $count } s
silence-minutes = { $count } min
silence-orders = { $count } in a row

## call

button-call-staff = 🙋 Call staff
button-take-call-back = Never mind
button-take-call = 🏃 I'm on it
button-call-done = ✅ Done
call-title = 🙋 <b>Call from seat { $seat }</b>
call-waiting = ⏳ The staff know that you call.
call-taken = 🏃 { $by } is on the way.
call-done = ✅ { $by } was with you.
call-withdrawn = Taken back.
call-left = Over, for you checked out.
call-about = What is it about? One tap tells them.
call-need-order = ❓ About an order
call-need-bill = 🧾 The bill, please
call-need-table = 💧 Water, cutlery
call-need-other = 💬 Something else
call-card-title = 🙋 <b>Seat { $seat }</b> · { $name } calls
call-card-waiting = 🆕 Since { $time }
call-card-taken = 🏃 { $by } is on it
call-card-done = ✅ Done by { $by }
call-card-withdrawn = Taken back by the customer
call-card-left = 👋 The customer has left
call-made-toast = The staff are called
call-need-toast = The staff know
call-withdrawn-toast = Taken back
call-take-toast = The customer sees that you are on the way
call-done-toast = Done
call-answered-taken = { $by } was first and is on the way.
call-answered-done = { $by } was first: this call is done.
call-answered-withdrawn = The customer took this call back.
call-answered-left = This call is over: the customer has left.
call-alert = ⏰ { $merchant }: nobody answers the call from seat { $seat }.
board-call-waiting = 🙋 { $time } · { $seat } calls
board-call-taken = 🏃 { $time } · { $seat } called · { $by }
refused-already-called = The staff know already that you call.
refused-called-lately = You called a moment ago. You can call again in { $wait_minutes } min, or wave.

## presence

button-let-in = ✅ Let in
button-turn-away = Not here
button-type-code = 🔢 Type the code
button-show-code = 🔢 Show the code
button-new-code = 🔄 The code of now
seating-title = <b>Seats and calls</b>
seating-open = 1. Whoever scans a seat's code can order there.
seating-staff = 1. Whoever scans a seat's code waits until you let them in.
seating-code = 1. Whoever scans a seat's code types four digits once, which /code shows here.
seating-later = It counts for those who sit down from now on.
seating-again = 2. A customer can call again after: { $wait }
seating-at-once = at once
seating-open-key = Anybody
seating-staff-key = Let in by us
seating-code-key = Code
seating-code-now = 🔢 Code of the moment: <b>{ $code }</b> · until { $until }
seating-no-code = Nobody needs a code here. /settings, “Seats and calls”, turns codes on.
seating-rotate-which = Which seat? /rotate A12 gives it a new QR code, and the old one ends.
admission-staff = ⏳ The staff are asked to let you in here. You can look at the menu and top up meanwhile.
admission-code = 🔢 Before you can order, please type the four digits that the staff show you.
admission-turned-away = 🚫 The staff did not open this seat for you. Please talk to them, or scan the code of another seat.
admission-wrong-code =
    { $left ->
        [one] That is not the code of the moment. Please ask the staff and type it again: one more try.
       *[other] That is not the code of the moment. Please ask the staff and type it again: { $left } more tries.
    }
admission-told-admitted = ✅ { $by } has let you in at seat { $seat }: you can order now.
admission-told-turned-away = 🚫 The staff did not let you in at seat { $seat }.
admission-told-by-code = ✅ That is the code: you can order now.
admission-card-waiting = 🪑 <b>{ $name }</b> wants to sit at <b>{ $seat }</b>
admission-card-wrong-codes = 🪑 <b>{ $name }</b> at <b>{ $seat }</b> typed wrong codes. Is somebody there?
admission-card-admitted = ✅ { $by } let { $name } in at { $seat }
admission-card-by-code = ✅ { $name } at { $seat } typed the right code
admission-card-turned-away = 🚫 { $by } did not let { $name } in at { $seat }
admission-card-left = 👋 { $name } is not waiting at { $seat } any more
board-admission = 🪑 { $time } · { $seat } · { $name } waits to be let in
admission-in-toast = The customer can order now
admission-away-toast = The customer cannot order at this seat
admission-answered-admitted = { $by } was first and let them in.
admission-answered-turned-away = { $by } was first and did not let them in.
admission-answered-left = They are not waiting any more.
admission-alert = ⏰ { $merchant }: nobody lets in who waits at seat { $seat }.
refused-code-locked = Too many wrong codes. The staff are asked to let you in; you can also try again in { $wait_minutes } min.
command-staff-code = the code that customers type
command-staff-rotate = a new QR code for a seat
merchant-deed-proof-open = opened the seats to whoever scans
merchant-deed-proof-staff = wants people at seats let in by staff
merchant-deed-proof-code = wants the code of the moment at seats
merchant-deed-calling = changed how often customers can call
merchant-deed-rotate = gave seat { $about } a new QR code

## stations

card-elsewhere = ➕ { $station }: { $items }
card-elsewhere-main = ➕ main group: { $items }
card-elsewhere-item = { $quantity } × { $item }
card-elsewhere-now = <b>{ $number } · seat { $seat }</b> ↪️ Its card is elsewhere now.
station-linked =
    { $count ->
        [0] This is the place of <b>{ $station }</b> of <b>{ $merchant }</b> now. Nothing on the menu is made there yet: write { $station } into the column “station” of the menu file.
        [one] This is the place of <b>{ $station }</b> of <b>{ $merchant }</b> now. One item of the menu is made there, and its cards come here.
       *[other] This is the place of <b>{ $station }</b> of <b>{ $merchant }</b> now. { $count } items of the menu are made there, and their cards come here.
    }
station-at-home = The cards of <b>{ $station }</b> of <b>{ $merchant }</b> come here from now on.
station-left = The board of { $station } is elsewhere now.
station-lost = ⚠️ I cannot write to <b>{ $station }</b> any more. Its cards come here until I can again.
station-back = I can write to <b>{ $station }</b> again. Its cards go there.
admin-station-row = ↳ { $station }
admin-station-row-lost = ↳ { $station } · ⚠️ I cannot write there
admin-station-lost = ⚠️ { $merchant }: I cannot write to { $station } any more. Its cards go to the main group. A new code and /link CODE { $station } give it another place.
admin-station-back = { $merchant }: I can write to { $station } again.
refused-station-refused = “{ $asked }” is too long for a station. Use a word of at most 20 letters, as in /link CODE kitchen.

## endings

idle-asked = 👋 Still here at { $merchant }? Nothing has happened for a while. If I hear nothing I check you out at { $at }: you pay for what was brought, and the rest goes back to you.
idle-asked-only = 👋 Still here at { $merchant }? Nothing has happened for a while. Please check out when you leave.
idle-stayed = 👍 Good. Stay as long as you like.
idle-stayed-toast = Good to have you
idle-over = 👋 This visit is over.
home-last-orders = 🔔 Last orders until { $until }
home-closing = 🌙 No more orders today: closing at { $at }
home-closed = 🌙 Closed. Opens { $opens }
board-last-orders = 🔔 <b>Last orders until { $until }</b>
board-closing = 🌙 <b>No more orders, closing at { $at }</b>
board-closed = 🌙 <b>Closed</b>, opens { $opens }
closing-last-orders = 🔔 Last orders at <b>{ $merchant }</b>: please order until { $until }.
closing-undelivered = 🌙 <b>We have closed, and this is not delivered yet.</b> Please press Delivered on what was brought: what is left at { $at } is released, and nobody pays for it.
closing-order = • { $number } · seat { $seat }
closing-undelivered-alert =
    { $count ->
        [one] 🌙 { $merchant } has closed, and one order is not delivered. It is released at { $at }, and nobody pays for it, unless somebody marks it delivered.
       *[other] 🌙 { $merchant } has closed, and { $count } orders are not delivered. They are released at { $at }, and nobody pays for them, unless somebody marks them delivered.
    }
order-closed-out = 🌙 It was not brought before closing. You do not pay for it, and the money is free again.
order-visit-over = Your visit was over before the money came, so nothing was ordered. The money is in your wallet.
order-money-kept = Nothing was ordered, and your money is in your wallet.
card-closed-out = 🌙 Not delivered by closing time: released, not charged
receipt-idle = 👋 Nobody answered for long, so I checked you out. Nothing was added.
receipt-closing = 🌙 { $merchant } has closed, so I checked you out. Nothing was added.
receipt-not-brought = 🌙 { $quantity } × { $item }: not brought, not paid
receipt-stays = { $amount } stays in your wallet: it cannot go back to where it came from now
counter-left-idle = 👋 Seat { $seat } was checked out by itself: nobody there for long. Paid <b>{ $amount }</b> ({ $number }).
counter-left-closing = 🌙 Seat { $seat } was checked out by itself at closing. Paid <b>{ $amount }</b> ({ $number }).
settings-title = <b>Settings</b>
hours-title = <b>Open:</b> { $hours }
hours-how = To change it: <code>/hours Mon-Thu 18:00-02:00; Fri,Sat 18:00-04:00</code>, or <code>/hours always</code>
hours-always = always
ending-last-orders = 1. last orders before closing: { $minutes }
ending-grace = 2. after closing, open visits are checked out: { $minutes }
idle-title = <b>When nothing happens at a seat</b>
ending-idle = 1. the customer is asked: { $minutes }
ending-leave = 2. checked out after the question: { $minutes }
merchant-deed-hours = opening hours: { $about }
merchant-deed-set-last-orders = last orders before closing: { $about }
merchant-deed-set-grace = open visits end after closing: { $about }
merchant-deed-set-idle = idle customers are asked: { $about }
merchant-deed-set-leave = checked out after the question: { $about }
case-what = What is not right with { $number }?
case-more = { $number } is with those in charge. Would you like to add a sentence? Type it, up to { $most } characters.
case-said = Added to { $number }. The answer comes here.
case-opened-toast = { $number } is on its way to those in charge
case-title = 🛎 <b>Case { $number }</b> · receipt { $receipt }
case-quote = “{ $text }”
case-given-back = ↩️ { $item } was taken off your bill
case-waits = Those in charge of { $merchant } have it, and answer here.
case-answered = { $merchant } answers: { $answer }
case-answer = 🛎 <b>{ $number }</b>: { $merchant } answers: { $answer }
case-card-title = 🛎 <b>Case { $number }</b> · { $merchant } · seat { $seat } · receipt { $receipt }
case-card-wrong = { $name }: { $wrong }
case-card-closed = ✅ Closed by { $name }: { $answer }
case-act-open = { $time } · { $by } opened the case
case-act-say = { $time } · { $by } wrote
case-act-make-good = { $time } · { $by } gave back { $about }
case-act-escalate = { $time } · nobody answered, the admins were told
case-act-close = { $time } · { $by } closed the case
case-type-answer = What shall the customer read about { $number }? Type up to { $most } characters; that closes the case.
case-made-good-toast = { $item } is given back
case-closed-toast = { $number } is closed, the customer is told
wrong-not-delivered = Something was not delivered
wrong-wrong-item = Something else was brought
wrong-charged-twice = Something is charged twice
wrong-other = Something else
answer-given-back = You are right, and you have your money back.
answer-was-right = We have looked at it, and the receipt is right.
answer-talked = As we talked it over with you.
refused-not-open-now = { $merchant } is closed now. It opens { $opens_at }.
refused-last-orders-over = { $merchant } takes no more orders before it closes. It opens again { $opens_at }.
refused-hours-refused-form = I cannot read “{ $found }”. Write opening hours like this: /hours Mon-Thu 18:00-02:00; Fri,Sat 18:00-04:00
refused-hours-refused-overlap = “{ $found }” overlaps with other hours. Nothing was changed.
refused-hours-refused-long = That is too long for opening hours. Nothing was changed.
refused-already-left = Your visit is over already: { $number } is its receipt.
refused-already-closed-out = Too late: { $number } was not marked delivered by closing time. It was released, and nobody pays for it.
refused-case-closed = { $number } is closed already, by { $by }.
refused-saying-too-long = That is too long: { $found } characters, at most { $most } fit. Please type less.
refused-too-many-sayings = You have said a lot about it already. Please wait for the answer, or talk to the staff.
button-still-here = I'm still here
button-not-right = Not right?
button-say-more = ✎ Add a sentence
button-that-is-all = That is all
button-still-not-right = Still not right?
button-give-back = ↩️ Give back { $quantity } × { $item } · { $amount }
button-answer-given-back = ✅ Given back: close
button-answer-was-right = The receipt is right: close
button-answer-talked = We talked it over: close
button-type-answer = ✎ Type an answer…
button-settings-silence = ⏰ When nobody answers
button-settings-hours = 🕒 Opening hours and last orders
button-settings-idle = 👋 When nothing happens at a seat
button-settings-seats = 🪑 Seats and calls

## admin

admin-merchant-made =
    <b>{ $name }</b> is merchant #{ $number }. What comes next:
    1. /linkcode { $number }, and type the code in its group
    2. send its menu as a CSV file with the caption <code>{ $number }</code>
    3. /seats { $number } A1-A20
admin-merchants = <b>Merchants</b>
admin-no-merchants = There are no merchants yet. /newmerchant NAME makes the first.
admin-merchant-row = #{ $number } { $name }
admin-merchant-row-no-group = #{ $number } { $name } · no group yet: /linkcode { $number }
admin-link-code =
    Add @{ $bot } to the group of <b>{ $name }</b> and type there, within 15 minutes:
    <code>/link { $code }</code>
admin-menu-reading = ⏳ Reading the file, { $count } lines …
admin-menu-read = ⏳ { $count } items read, nothing is wrong. Putting them on the menu …
admin-menu-loaded =
    { $count ->
        [one] The menu of { $merchant } has one item now.
       *[other] The menu of { $merchant } has { $count } items now.
    }
admin-photo-set = { $item } has this picture now.
admin-file-lost = I could not fetch that file from Telegram. Please send it again.
admin-seats-made =
    { $count ->
        [0] { $name }: no new seats. Here are its QR codes.
        [one] { $name }: one new seat. Here are its QR codes.
       *[other] { $name }: { $count } new seats. Here are its QR codes.
    }
admin-no-seats = This merchant has no seats yet. /seats NUMBER A1-A20 makes some.
admin-seat-rotated = Seat { $seat } has a new QR code. The old one now says that it is old.
admin-stray-waiting = ⚠️ { $number }: { $amount } from { $payer } matches no top-up ({ $gateway }, charge <code>{ $charge }</code>). It waits in suspense.
admin-stray-going = ⏳ { $number }: { $amount } from { $payer } is being sent back ({ $gateway }, charge <code>{ $charge }</code>).
admin-stray-crediting = ⏳ { $number }: { $amount } from { $payer } is being credited to { $customer }. { $gateway } is asked first whether it has sent it back.
admin-stray-back = ↩️ { $number }: { $amount } from { $payer } went back to where it came from ({ $gateway }, charge <code>{ $charge }</code>).
admin-stray-credited = ✅ { $number }: { $amount } from { $payer } is in the wallet of { $customer }.
admin-stray-refused = The payment provider did not send it back: <code>{ $reason }</code>
admin-stray-proposed = { $name } proposes to credit it to { $customer }. Another admin has to confirm.
admin-stray-proposed-toast = Proposed
admin-stray-going-toast = Being sent back
admin-stray-confirmed-toast = Confirmed
admin-strays =
    { $count ->
        [0] No payment waits in suspense.
        [one] One payment waits in suspense. To credit it to somebody else than its payer: /credit S-1 T-12, with a top-up of theirs
       *[other] { $count } payments wait in suspense. To credit one to somebody else than its payer: /credit S-1 T-12, with a top-up of theirs
    }
admin-part-parked = ⚠️ { $amount } of refund { $number } was refused by the payment provider: <code>{ $reason }</code>
admin-part-kept = ⚠️ { $amount } of refund { $number }: the provider took it, cannot pass it on and keeps it: <code>{ $reason }</code>. Settle it on the provider's own pages; it must not be paid in another way as well.
admin-part-planned = ⏳ { $amount } of refund { $number }: sent again
admin-part-pending = ⏳ { $amount } of refund { $number }: sent again, not confirmed yet
admin-part-done = ✅ { $amount } of refund { $number } has arrived
admin-part-returned = ↩️ { $amount } of refund { $number } is back in the wallet
admin-disputes = <b>Disputes</b>
admin-no-disputes = There are no disputes.
admin-dispute-open = ⚖️ <b>{ $number }</b> · { $amount } of { $top_up } is disputed at { $gateway } (<code>{ $reference }</code>, { $reason }). { $held } is set aside, { $top_up } is not refunded.
admin-dispute-won = ⚖️ <b>{ $number }</b> · { $amount } of { $top_up } at { $gateway } (<code>{ $reference }</code>): won, { $held } is free again.
admin-dispute-lost = ⚖️ <b>{ $number }</b> · { $amount } of { $top_up } at { $gateway } (<code>{ $reference }</code>): lost. { $held } came out of the wallet, { $owed } was not there.
admin-dispute-told-won = ⚠️ { $gateway } now says that dispute { $number } (<code>{ $reference }</code>) was won, having said that it was lost. Nothing was changed: look there.
admin-dispute-told-lost = ⚠️ { $gateway } now says that dispute { $number } (<code>{ $reference }</code>) was lost, having said that it was won. Nothing was changed: look there.
admin-dispute-unmatched = ⚠️ { $gateway } tells of a dispute (<code>{ $reference }</code>) over { $amount } of charge <code>{ $charge }</code>, which is none of our top-ups or less than that. Nothing was changed: look there.
admin-evidence-coming = The document is being made
evidence-title = Evidence in dispute { $reference }
evidence-how = How it works: a customer opens an account in the chat, pays money into it, orders from their seat, and is served there. What they do not spend goes back to the payment that it came from, whenever they want it back.
evidence-summary = { $name } paid { $amount } into their account on { $time }: that is the disputed payment. { $goods } of it paid for goods that are listed below, and { $back } of it was given back.
evidence-times = All times are those of { $zone }.
evidence-charge = The payment
evidence-label-disputed = Disputed
evidence-label-provider = At the provider
evidence-label-amount = Amount
evidence-label-payer = Paid with
evidence-label-asked = Asked for
evidence-label-paid = Paid
evidence-label-customer = Customer
evidence-label-earlier = Paid before
evidence-disputed = { $amount }, as told { $time }. Reason given: { $reason }
evidence-provider = { $gateway }, payment { $charge }
evidence-payer-unknown = not told by the provider
evidence-asked = { $time }, by the customer (top-up { $number })
evidence-customer = { $name }, account number { $number } at Telegram; opened their account here { $opened }
evidence-earlier =
    { $count ->
        [one] Another payment came with the same card or account before, on { $time }, and is not disputed.
       *[other] { $count } other payments came with the same card or account before, the first on { $time }, and are not disputed.
    }
evidence-orders = Orders since the payment, and who served them
evidence-order = Ordered { $time } at { $merchant }, seat { $seat }
evidence-line = { $quantity } × { $name } · { $amount } · { $state }
evidence-line-paid = { " " }({ $amount } of it with this payment)
evidence-line-placed = ordered
evidence-line-accepted = accepted
evidence-line-preparing = being made
evidence-line-ready = made
evidence-line-delivered = delivered
evidence-line-undeliverable = made, and nobody was at the seat
evidence-line-comped = on the house, not paid
evidence-line-returned = taken back, not paid
evidence-line-declined = declined, not paid
evidence-line-cancelled = cancelled, not paid
evidence-line-expired = not answered, not paid
evidence-receipts = Receipts since the payment
evidence-receipt = { $time } · { $merchant } · { $amount } paid from the account, for:
evidence-refunds = Given back of this payment
evidence-refund = { $amount } · { $state } { $time } · number at the provider: { $reference }
evidence-part-planned = being sent
evidence-part-pending = on its way
evidence-part-parked = refused by the provider
evidence-part-done = given back
evidence-part-returned = put back into the account
evidence-part-rerouted = paid out by hand
evidence-none = nothing
reconcile-agrees = ✅ <b>{ $gateway }</b> · { $day }: both books agree ({ $matched } matched)
reconcile-differs =
    { $count ->
        [one] ⚠️ <b>{ $gateway }</b> · { $day }: { $matched } matched, one differs
       *[other] ⚠️ <b>{ $gateway }</b> · { $day }: { $matched } matched, { $count } differ
    }
reconcile-ours-only = • { $kind } { $title }: { $ours } with us, unknown there
reconcile-theirs-only = • { $kind } <code>{ $number }</code>: { $theirs } there, unknown to us
reconcile-amount = • { $kind } { $title }: { $ours } with us, { $theirs } there
reconcile-currency = • { $kind } { $title }: { $ours } with us, { $theirs } there, in another currency
reconcile-state = • { $kind } { $title }: { $state } with us over { $ours }, there it comes to { $theirs }
reconcile-told-anew = • { $kind } <code>{ $number }</code>: told as { $theirs } now, as { $ours } before
reconcile-nothing = nothing
reconcile-more =
    { $count ->
        [one] • and one more, in the file
       *[other] • and { $count } more, in the file
    }
reconcile-brought =
    { $count ->
        [one] One payment that nobody had told of was found so, asked about, and taken in.
       *[other] { $count } payments that nobody had told of were found so, asked about, and taken in.
    }
reconcile-fees = Kept as fees: { $kept } · paid out to the bank: { $paid }
reconcile-holds = { $gateway } holds { $amount } for us.
reconcile-stale = ⚠️ { $gateway } should have paid everything out by now, and by our books it still holds { $amount }.
reconcile-cover = All gateways and the bank hold { $held }. Customers own { $customers }, merchants have earned { $merchants }.
reconcile-short = ⚠️ { $amount } of the customers' money is missing: pay it in, or find out where it went.
reconcile-away = { $gateway } does not tell its books of { $day } at the moment. I ask again every hour.
reconcile-not-listed = { $gateway } has not listed { $day } yet. Ask again from { $time } on.
movement-charge = charge
movement-refund = refund
movement-dispute = dispute
movement-other = something else
movement-fee = fee
movement-payout = payout
admin-part-rerouted = ✅ { $amount } of refund { $number } is booked as paid out by hand
admin-reroute-proposed = { $name } proposes to pay it out by hand. Another admin has to confirm.
admin-reroute-confirmed = Confirmed
admin-window = ⏳ { $amount } of { $number } can go back until { $until } only. Its owner has been told.
admin-rescue-retry = Sent again
admin-rescue-to-wallet = Back in the wallet
admin-rescue-reroute = Proposed
admin-unsaid = ⚠️ A message to { $chat } was not delivered: { $why }
admin-bot-removed = ⚠️ I was removed from the group of { $merchant }. Its orders reach nobody now.
admin-bot-back = I am back in the group of { $merchant }.
admin-bot-muted = ⚠️ I may not write in the group of { $merchant } any more. Its orders are kept, and reach nobody now.
admin-payment-set-aside = 🚨 A payment could not be handled (update { $uid }). Look at the log now.
admin-errand-failed = 🚨 Something failed again and again: <code>{ $kind }</code> { $number }. Look at the log now.
today-title = <b>Since { $since }</b>
today-merchant =
    <b>{ $name }</b>
    Orders: { $placed } over { $ordered }
    Delivered: { $delivered } · declined: { $declined }
    Sold: <b>{ $sold }</b>
    Open visits: { $visits } · on hold: { $held }
today-operator =
    <b>Cashier service</b>
    Top-ups: { $topups } over { $brought }
    Refunds: { $refunds } over { $refunded }
    In wallets: { $wallets } · on its way back: { $refunding }
    Refunds waiting for you: { $parked }
today-strays = Payments that match no top-up: { $count } over { $amount }
today-disputes = Open disputes: { $count } over { $amount } · owed by customers: { $owed }
today-refused-notices = Notices refused from { $gateway }: { $count }
help-customer =
    <b>How this works</b>
    Scan the QR code at your seat. Top up once, order as often as you like, and tap “Check out” when you leave: the rest goes back to where it came from.

    /order · the menu
    /balance · your wallet and what it is made of
    /topup · bring money
    /checkout · leave, with the rest back
    /history · your documents
    /find G-12 · one of them
    /language · 中文
help-staff =
    <b>In this group</b>
    Orders come as cards. Whoever presses first has done it, and the name stays on the card.

    /enter A12 · enter an order for somebody at that seat
    /menu · mark things sold out, or back
    /today · today's figures
    /staff · who works here, links to join, roles
    /pause, /resume · take no orders for a while
    /settings · hours, seats and calls, and what happens when nobody answers or nothing happens
    /hours · when you are open
    /code · the digits that customers type, where you want that
    /rotate A12 · a new QR code for a seat
    /find G-12 · an order or checkout
    /language zh · 中文
    /link CODE · make this a merchant's group
    /link CODE kitchen · make it the place of a station
help-admin =
    <b>For admins</b>
    /newmerchant NAME
    /merchants
    /linkcode MERCHANT · then /link CODE in its group, or /link CODE kitchen for a station
    /menu MERCHANT · its menu as a CSV file
    a photo with the merchant's number and an item below it · its picture
    /staff MERCHANT · who works there; its first owner
    a CSV file with the merchant's number as caption · its menu
    /seats MERCHANT A1-A20 · seats and QR codes
    /qr MERCHANT SEAT · one QR code
    /rotate MERCHANT SEAT · a new QR code, the old one ends
    /today · figures
    /reconcile GATEWAY 2026-05-31 · its books against ours
    /disputes · disputed payments
    /evidence D-1 · all about a dispute as a document
    /strays · payments that match no top-up
    /credit S-1 T-12 · one of them to the customer of a top-up
    /find T-12 · any document

## refusals

refused-out-of-date = Things have changed meanwhile. This is how they stand now.
refused-not-yours = That belongs to somebody else. Please use what I sent to you.
refused-not-allowed = That does not work here. /help lists what does.
refused-key-reused = Things have changed meanwhile. This is how they stand now.
refused-account-unknown = The ledger has no account { $account }.
refused-account-closed = The account { $account } is closed: nothing moves on it any more.
refused-account-not-empty = The account { $account } cannot be closed: there is something in it, or on hold.
refused-no-account = You have no account yet. Scan the QR code at your seat to open one.
refused-seat-unknown = I do not know this QR code. Please ask the staff for the right one.
refused-seat-retired = This QR code of seat { $label } is an old one. Please ask the staff for the new one.
refused-no-visit = You are not at a seat. Scan the QR code at one first.
refused-merchant-closed = { $merchant } cannot take orders at the moment. Please ask the staff.
refused-merchant-paused = { $merchant } takes no orders for a moment. Your cart stays as it is.
refused-amount-unreadable = { $why }
refused-amount-too-small = The smallest top-up is { $least }.
refused-amount-too-large = The largest top-up is { $most }.
refused-top-up-not-payable = This invoice can no longer be paid. Please start a new top-up.
refused-top-up-busy = This invoice is being paid right now, perhaps on another device.
refused-payment-mismatch = The amount is not that of the invoice. Please start a new top-up.
refused-cart-empty = Your cart is empty.
refused-item-gone = { $name } cannot be had at the moment. Please choose something else.
refused-few-left = Only { $left } of { $name } can be had at the moment.
refused-too-many = That is too much for one order: at most { $most } of one thing, and { $most } different things.
refused-note-too-long = The note is too long: { $found } characters, at most { $most } fit. Please type a shorter one.
refused-short-of-money = You are short { $short }.
refused-orders-on-the-way = Orders over { $amount } are still on their way.
refused-nothing-to-refund = There is nothing to give back.
refused-refund-too-large = You asked for { $asked } back, but { $left } is left.
refused-refund-disputed = The payment that this money came by is disputed at your bank: until that is settled only { $left } can go back.
refused-refund-disputed-all = The payment that this money came by is disputed at your bank: until that is settled it cannot go back.
refused-debt-first = You owe { $owed } since a disputed payment was taken back: that comes off first, and nothing is left to give back.
refused-no-way-to-pay = Nothing takes { $currency } here at the moment. Please ask the staff.
refused-not-bound = Your account is not bound to anything.
refused-wallet-not-empty = There is still { $left } in your wallet. Spend it or get it back first, then unbind.
refused-still-under-way = A payment or a refund is still on its way. Please wait until it has arrived, then unbind.
refused-needs-another-admin = You proposed it, so another admin has to confirm it.
refused-merchant-unknown = Which merchant? Please begin with its number: /merchants lists them.
refused-seat-label-unknown = This merchant has no seat “{ $label }”. An admin gets all that it has with /seats and its number.
refused-seat-not-named = Which seat? Please write it behind the merchant's number, as in 1 A12.
refused-group-not-linked = This group belongs to no merchant yet. Type /link and the code that an admin gave you.
refused-code-refused = This code is wrong, used or expired. An admin gets a new one with /linkcode. Then type /link and the new code here.
refused-group-taken = This group already belongs to { $merchant }. Each merchant needs a group of its own.
refused-name-taken = There is already a merchant called { $name }.
refused-gateway-unknown = There is no gateway “{ $asked }”. These are on: { $known }
refused-stray-unknown = There is no such payment or customer. /strays lists the payments: /credit S-1 T-12
refused-dispute-unknown = There is no such dispute. /disputes lists them all: /evidence D-1
refused-day-unreadable = I cannot read the day “{ $found }”. Days are written like 2026-05-31.
refused-name-refused = Please give a name of 1 to { $most } characters: /newmerchant Blue Bar
refused-labels-refused = I cannot read “{ $found }”. Seats are written like A1-A20 or Bar, Window: up to 12 letters and digits each, up to 200 at once.
refused-language-unknown = Which language? /language en or /language zh
refused-file-too-large = The file is too large. A menu may have { $most_bytes } bytes; it stays as it was.
refused-photo-too-large = The photo is too large: at most { $most_bytes } bytes. Please send a smaller one.
refused-item-unknown = No item is called “{ $asked }”. Write the merchant's number and the item below the photo, as in 1 Pils.
refused-not-found = I find no such document. Numbers look like G-12: /find G-12
refused-menu = This file was not taken, the menu is as it was:
refused-already-placed = { $number } has not been accepted yet.
refused-not-of-the-staff = You are not on the staff list here. An owner or manager can send you a link: /staff
refused-role-too-low = Your role does not allow that: it takes at least that of { $least }.
refused-no-staff-yet = There is no staff list yet: everybody in this group may do everything. An admin begins it with /staff.
refused-invite-refused = This link has been used or is too old. Ask for a new one.
refused-last-owner = Somebody has to be owner. Make somebody else owner first.
refused-already-accepted = { $by } was first: { $number } is accepted.
refused-already-preparing = { $by } was first: { $number } is being prepared.
refused-already-ready = { $by } was first: { $number } is ready.
refused-already-delivered = { $by } was first: { $number } is delivered.
refused-already-undeliverable = { $by } was first: { $number } could not be delivered.
refused-already-comped = { $by } was first: { $number } is on the house.
refused-already-returned = { $by } was first: { $number } was taken back.
refused-already-declined = { $by } was first: { $number } is declined.
refused-already-cancelled = { $number } was cancelled by the customer.
refused-already-expired = Too late: nobody had answered, and { $number } was released.
refused-not-text = I can only read text and buttons.
refused-unexpected-text = I did not understand that. Please use the buttons.
refused-unknown-command = I do not know that command. /help lists those I know.
refused-broken = Something went wrong on our side, and nothing was changed. Please try again in a moment.
payment-set-aside = Your payment has arrived, but something went wrong on our side. Please do not pay again: our staff have been told.
menu-problem-encoding = • line { $line }: not UTF-8. Save the file as “CSV UTF-8”.
menu-problem-columns = • line { $line }: these columns are missing: { $found }
menu-problem-column-twice = • line { $line }: the column “{ $found }” is there twice
menu-problem-quote = • line { $line }: I cannot tell where a cell ends. A quotation mark is missing, or one too many
menu-problem-cells = • line { $line }: a comma has parted a cell: “{ $found }”. Put quotation marks around a cell with a comma in it, as in "3,20"
menu-problem-column-meant = • line { $line }: I do not know this column, and think that another is meant: { $found }
menu-problem-id = • line { $line }: “{ $found }” is no id. Leave it empty for a new item
menu-problem-unknown-id = • line { $line }: no item of this menu has the id { $found }
menu-problem-taken = • line { $line }: “{ $found }” is what another item is called
menu-problem-description = • line { $line }: a description is one line of at most 300 characters, this is “{ $found }”
menu-problem-allergens = • line { $line }: allergens are one line of at most 100 characters, these are “{ $found }”
menu-problem-tax = • line { $line }: “{ $found }” is no tax rate. Write 19 or 5.5
menu-problem-age = • line { $line }: “{ $found }” is no age. Write 18
menu-problem-options-form = • line { $line }: I cannot read the options “{ $found }”. Write Size: Small | Large +1.50; Extras (0-2): Ice | Lemon
menu-problem-options-bounds = • line { $line }: so many of “{ $found }” cannot be chosen: at least one and at most as many as there are, the smaller number first
menu-problem-options-twice = • line { $line }: the option “{ $found }” is there twice
menu-problem-options-price = • line { $line }: “{ $found }” makes no price above zero
menu-problem-options-many = • line { $line }: an item has at most { $found } options in 6 groups
menu-problem-stock = • line { $line }: “{ $found }” is no count. Write 12, or nothing where you do not count
menu-problem-hours-form = • line { $line }: I cannot read the hours “{ $found }”. Write Mon-Fri 11:00-14:30; Sat,Sun 22:00-02:00
menu-problem-hours-overlap = • line { $line }: “{ $found }” overlaps with other hours of the same item
menu-problem-happy-form = • line { $line }: I cannot read the happy hour “{ $found }”. Write Mon-Thu 17:00-19:00 2.50
menu-problem-happy-overlap = • line { $line }: “{ $found }” overlaps with another happy hour of the same item
menu-problem-happy-price = • line { $line }: “{ $found }” makes no price above zero
menu-problem-hidden = • line { $line }: hidden is “yes” or nothing, not “{ $found }”
menu-problem-station = • line { $line }: a station has at most 20 letters, this is “{ $found }”
menu-problem-more = • and { $found } more
menu-problem-name = • line { $line }: category and item need 1 to 60 characters each, this has “{ $found }”
menu-problem-price = • line { $line }: “{ $found }” is not a price
menu-problem-repeated = • line { $line }: “{ $found }” is there twice
menu-problem-too-long = • line { $line }: a menu has at most { $found } items
menu-problem-empty = • line { $line }: there are no items
amount-empty = I read no number in that.
amount-words = I read no number in that.
amount-negative = An amount cannot be below zero.
amount-two-numbers = I read two numbers in that.
amount-misplaced-separator = I cannot tell what the point or comma means there.
amount-too-many-decimals = That has too many decimals.
amount-too-large = That is far too much.
amount-other-currency = That is another currency.

## buttons

button-open-account = Open my account
button-terms = Terms
button-language = 🌐 中文 / English
button-details = ℹ️ What is in it
button-photo = 📷 Photo
button-add = Add · { $price }
button-order = 🍺 Order
button-same-again = 🔁 Same again
button-top-up = Top up
button-balance = Wallet
button-check-out = Check out
button-help = Help
button-back = ‹ Back
button-earlier = ‹ Earlier
button-later = More ›
button-other-amount = Other amount
button-top-up-short = Top up { $amount } and order
button-cart = 🛒 Cart ({ $count })
button-place = Order · { $total }
button-note = ✎ Note
button-add-more = Add more
button-cancel-order = Cancel this order
button-ask-cancel = Ask to cancel
button-instead = { $quantity } × { $item } instead · { $amount }
button-substitutes = ↔️ If sold out…
button-no-substitute = Nothing, just my money back
button-leave = Check out
button-leave-refund = Check out, { $amount } back
button-leave-keep = Check out, keep the rest here
button-wait = Wait for them
button-pay-now = Pay now
button-pay-now-refund = Pay now, { $amount } back
button-pay-now-keep = Pay now, keep the rest here
button-ask-refund = Get the rest back
button-refund = Get { $amount } back
button-history = History
button-accept = Accept
button-decline = Decline
button-ready = Ready
button-deliver = Delivered
button-prepare = Preparing
button-by-line = By line
button-more = ⋯
button-line = { $quantity } × { $item } ›
button-id-fine = 🪪 ID is fine, delivered
button-no-id = No ID, keep it back
button-line-accept = 👍 { $quantity } × { $item }
button-line-ready = 🔔 { $quantity } × { $item }
button-line-deliver = ✅ { $quantity } × { $item }
button-promise = ⏱ { $minutes } min
button-miss = Nobody at the seat
button-give-up = Could not be delivered
button-let-go = Cancel it
button-keep = Too late, go on
button-comp = On the house…
button-return = Taken back…
button-invite = Link for: { $role }
button-join = Join
button-end-member = Take off the list
button-pause = ⏸ Pause ordering
button-resume = ▶️ Resume ordering
button-rescue-retry = Send it again
button-return-stray = Send it back
button-credit-payer = Propose to credit it to the payer
button-confirm-stray = Confirm: credit it
button-rescue-ask = Ask again
button-rescue-to-wallet = Put it back into the wallet
button-evidence = Evidence as a document
button-rescue-reroute = Propose to pay it out by hand
button-confirm-reroute = Confirm: paid out by hand
button-have-paid = I have paid
button-another-way = Pay another way
button-pay-at = Pay { $amount }
button-bind = Bind a card or account
button-unbind = Unbind
button-bind-at = Open { $gateway }

## commands

command-customer-order = the menu
command-customer-balance = your wallet and what it is made of
command-customer-topup = bring money
command-customer-checkout = leave, with the rest back
command-customer-history = your documents
command-customer-find = a document by its number
command-customer-language = 中文 / English
command-customer-help = how this works
command-staff-link = make this a merchant's group
command-staff-menu = mark things sold out, or back
command-staff-today = today's figures
command-staff-staff = who works here
command-staff-pause = take no orders for a while
command-staff-resume = take orders again
command-staff-settings = what you can set here
command-staff-hours = when you are open
command-staff-find = an order or checkout by its number
command-staff-language = en or zh
command-staff-help = what staff can do
command-admin-newmerchant = create a merchant
command-admin-merchants = all merchants
command-admin-linkcode = a code to link a group
command-admin-menu = a merchant's menu as a file
command-admin-staff = who works for a merchant
command-admin-seats = make seats, get all QR codes
command-admin-qr = one seat's QR code
command-admin-rotate = a new QR code for a seat
command-admin-today = today's figures
command-admin-reconcile = a gateway's books against ours
command-admin-disputes = disputed payments
command-admin-evidence = all about a dispute as a document
command-admin-strays = payments that match no top-up
command-admin-credit = credit one of them to a customer
