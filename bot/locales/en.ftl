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
counter-ping = ⏰ <b>{ $number } · seat { $seat }</b> has been waiting since { $time }. Please press a button on its card.
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

    /menu · mark things sold out, or back
    /today · today's figures
    /staff · who works here, links to join, roles
    /pause, /resume · take no orders for a while
    /settings · what happens when nobody answers
    /find G-12 · an order or checkout
    /language zh · 中文
    /link CODE · make this a merchant's group
help-admin =
    <b>For admins</b>
    /newmerchant NAME
    /merchants
    /linkcode MERCHANT · then /link CODE in its group
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
refused-seat-label-unknown = This merchant has no seat “{ $label }”. /seats and its number sends all that it has.
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
menu-problem-id = • line { $line }: “{ $found }” is no id. Leave it empty for a new item
menu-problem-unknown-id = • line { $line }: no item of this menu has the id { $found }
menu-problem-taken = • line { $line }: “{ $found }” is what another item is called
menu-problem-description = • line { $line }: a description has at most 300 characters, this is “{ $found }”
menu-problem-allergens = • line { $line }: allergens have at most 100 characters, these are “{ $found }”
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
command-staff-settings = what happens when nobody answers
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
