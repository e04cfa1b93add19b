### English, for everybody who does not read Chinese. Keep the sections and their keys as in the other catalogue.

## open_account

open-account-welcome = Welcome to <b>{ $merchant }</b>, seat { $seat }.

## top_up

top-up-ask-amount = How much would you like to top up? From { $least } to { $most }.

## order_goods

order-goods-placed =
    { $count ->
        [one] Your order of one thing is placed.
       *[other] Your order of { $count } things is placed.
    }

## check_out

check-out-paid = Paid { $paid }. You have { $left } left.

## refund

refund-started = { $amount } is on its way back to you.

## counter

counter-seat-left = Seat { $seat } left. Paid { $paid }.

## admin

admin-not-yours = Only admins can do that.

## refusals

refusal-out-of-date = That was an older screen. Here is how things stand now.

## common words

word-sorry = Something went wrong on our side, and nothing was changed. Please try again in a moment.
word-language = English
