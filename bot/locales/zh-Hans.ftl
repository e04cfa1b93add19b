### 简体中文。各节与各条目须与另一份目录一致。

## open_account

open-account-welcome = 欢迎光临 <b>{ $merchant }</b>，{ $seat } 座。

## top_up

top-up-ask-amount = 请问充值多少？金额从 { $least } 到 { $most }。

## order_goods

order-goods-placed = 已下单，共 { $count } 件。

## check_out

check-out-paid = 已付 { $paid }，余额 { $left }。

## refund

refund-started = { $amount } 正在退回给您。

## counter

counter-seat-left = { $seat } 座已离店，已付 { $paid }。

## admin

admin-not-yours = 此操作仅限管理员。

## refusals

refusal-out-of-date = 刚才的页面已过期，这是最新情况。

## common words

word-sorry = 抱歉，我们这边出了点问题，未作任何更改，请稍后再试。
word-language = 简体中文
