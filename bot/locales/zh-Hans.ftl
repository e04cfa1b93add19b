### 简体中文。各节与各键须与英文目录一致。

## home

home-seat = <b>{ $merchant }</b> · { $seat } 座
home-no-seat = 您还没有入座。扫描座位上的二维码即可点单。
home-wallet = 可用余额：<b>{ $available }</b>
home-held = 订单预留：{ $held }
home-disputed = 因付款争议暂时冻结：{ $held }

## open_account

open-account-greeting =
    { $name }，欢迎光临 <b>{ $merchant }</b>。
    您在 { $seat } 座。

    在这里点单和付款。离开时，没花完的钱原路退回。
open-account-terms = 点一下即开通资金账户并接受条款。账户将绑定您首次付款所用的支付账户。
open-account-no-seat =
    { $name }，您好！我是座位点单的收银员。

    请用手机相机扫描座位上的二维码开始。
open-account-admin =
    { $name }，您好！您是收银服务的管理员，/help 列出您能做的事。

    自己要点单，请扫描座位上的二维码。
open-account-done = 账户已开通。充值、点单，余额随时可退。
language-choose = 请选择语言
language-set = 本群今后使用简体中文。

## top_up

top-up-choose = 要充值多少？点一个金额，或直接输入。
top-up-owed = 因争议款项被追回，您欠 { $amount }：充值后先抵扣。
top-up-bonus = 🎁 充值{ $tiers }：充值金额消费完后奖励到账，仅限在此消费，不可提现。
top-up-tier = 满 { $least } 送 { $bonus }
top-up-type = 请输入金额，{ $least } 至 { $most }，例如 { $example }。
top-up-pay = 您正在充值 <b>{ $amount }</b>，付款方式见下方。付款成功后，即可使用。
top-up-invoice-title = 充值 { $number }
top-up-invoice-text = 预付餐饮及座位服务，未花完的钱原路退回。请在 { $expires } 前付款。
top-up-invoice-label = 充值
top-up-paid = ✅ 已收到 <b>{ $amount }</b>（{ $number }）。
top-up-paid-again = ✅ 已收到 <b>{ $amount }</b>：{ $number } 又付了一次，这笔钱同样归您使用。
top-up-bound = 账户已绑定 { $account }，未花完的钱会退回那里。
top-up-from = 付款来自 { $account }，将退回那里。
top-up-ways = 您想怎样支付 <b>{ $amount }</b>？
top-up-charging = 正在扣款 <b>{ $amount }</b>，到账后会在这里告诉您。
top-up-charge-link = 请在 { $expires } 前用{ $gateway }支付 <b>{ $amount }</b>，点下方按钮打开付款页面。
top-up-charge-qr = 请在 { $expires } 前用{ $gateway }支付 <b>{ $amount }</b>，用其应用扫描接下来的二维码。
top-up-charge-unsure = { $gateway }暂时没有响应。我会继续查询，并在这里告诉您。其他功能一切正常：您也可以用别的方式支付 <b>{ $amount }</b>，付了的钱都归您。
top-up-charge-refused = { $gateway }未接受这笔 <b>{ $amount }</b> 的付款，没有扣款。您可以换一种方式支付。
top-up-looking = 正在向{ $gateway }查询，到账后会显示在这里。
top-up-charge-paid = { $gateway }：<b>{ $amount }</b> 已支付。
top-up-charge-ended = 用{ $gateway }支付 <b>{ $amount }</b> 的时间已过，没有扣款。
top-up-qr-caption = { $number } · { $amount }
top-up-sent-back = ↩️ <b>{ $amount }</b> 来自 { $account }，但您的账户绑定的是 { $bound }。这笔钱将原路退回。
gateway-telegram = 银行卡
gateway-stripe = 银行卡（Stripe 页面）
gateway-wechat = 微信支付
gateway-alipay = 支付宝
gateway-sandbox = 银行卡
gateway-sandbox-link = 沙盒支付
gateway-sandbox-qr = 沙盒扫码
top-up-stray-back = 您付来的 { $amount } 没有对应的充值单，已原路退回。
top-up-stray = 我们收到您的 { $amount }，但没有对应的充值单。款项安全，已通知工作人员。

## order_goods

menu-title =
    <b>{ $merchant }</b>
    点一下想要的。
menu-empty = <b>{ $merchant }</b> 的菜单还是空的。
menu-sold-out = { $item } · 售罄
menu-details = 想了解哪一项？
item-title = <b>{ $item }</b>
item-described = <b>{ $item }</b>：{ $description }
options-just =
    { $most ->
       *[other] <b>{ $group }</b>：请选 { $most } 项
    }
options-some = <b>{ $group }</b>：可选 { $least } 至 { $most } 项
menu-item = { $item } · { $price }
menu-item-happy = 🎉 { $item } · { $price }
menu-not-now = { $item } · 现在不供应
menu-happy = 🎉 欢乐时光到 { $until }，还剩 { $left }
menu-happy-soon = 🎉 { $time } 起：{ $items }
menu-happy-item = { $item } { $price }
item-happy-soon = 🎉 { $time } 起：{ $price }
menu-favourites = ⭐ <b>您在这里常点</b>
menu-no-favourites = 您常点的现在都没有。
button-favourites = ⭐ 我常点的
item-hours = 🕒 { $hours }
item-happy-hour = 🎉 { $hours }
cart-title = <b>您的订单</b>
cart-empty = 购物车是空的。
cart-total = 合计 <b>{ $total }</b>
cart-type-note = 有什么要告诉店员？请输入，最多 { $most } 个字。
cart-changed = 菜单有变，请再看一下：
cart-change-gone = • { $item }已不再供应，已移除
cart-change-left =
    { $left ->
       *[other] • { $item } 只剩 { $left } 份，已减去其余
    }
cart-change-told = • { $item }：所含成分或年龄要求有变
cart-change-price = • { $item } 现价 { $after }，原价 { $before }
order-row = { $quantity } × { $item } · { $amount }
warning-allergens = ⚠️ 含有 { $allergens }
warning-age = 🔞 须满 { $age } 岁，需出示证件
order-note = ✎ { $note }
order-short =
    还差 <b>{ $short }</b>。

    充值 { $amount } 后自动下单。
order-title = <b>订单 { $number }</b> · { $seat } 座
order-placed = ⏳ 已发给商家。款项仅预留，尚未支付。
order-accepted = 👍 已接单，制作中。
order-preparing = 🍳 正在准备。
order-ready = 🔔 已做好，马上送到。
order-delivered = ✅ 已送达，请慢用！
order-undeliverable = 🚪 未能送达：座位上没有人。餐品已为您制作，计入账单。如有不对，请告诉店员。
order-comped = 🎁 本店请客：{ $reason }。无需付款。
order-returned = ↩️ 已收回：{ $reason }。无需付款。
order-declined = ❌ 无法提供：{ $reason }。预留款项已释放。
order-cancelled = 已取消，预留款项已释放。
order-expired = ⌛ 商家未及时回应，预留款项已释放。
order-miss = 🚪 我们把餐品送到您的座位，但没有人。请向店员招手，或扫描您现在座位上的二维码。
order-keep = 👍 店员已在制作，无法取消，马上就来。
order-promised = ⏱ 大约 { $time }
order-usual = ⏱ 通常约 { $wait }
order-usual-placed = ⏱ 接单后通常约 { $wait }
order-cancel-asked = ✋ 您已请求取消，店员马上答复。
order-instead = ↔️ 代替售罄的那一样
order-instead-offered = 要换一样吗？点一下放入购物车。
order-cancel-asked-toast = 已询问店员
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
substitute-which = 哪一样售罄时可以换成别的？
substitute-choose = { $item } 售罄时换成什么？不更贵的话自动换上，否则会先问您。
cart-substitute = ↔️ 售罄时换：{ $item }
order-placed-toast = 已发给商家
order-cancelled-toast = 已取消

## enter

enter-whom = 给 <b>{ $seat }</b> 座的哪一位？
enter-title = ✍️ <b>为 { $name } 录入 · { $seat } 座</b>
enter-sent = ⏳ 已发给 { $name }，等待确认。
enter-confirmed = ✅ { $name } 已确认：{ $number }
enter-refused = ❌ { $name } 不要。
enter-lapsed = ⌛ { $name } 未及时回应，没有下单。
enter-withdrawn = 已收回，没有下单。
enter-dropped = { $by } 已放弃。
enter-sent-toast = 已发给顾客
entered-title = ✍️ <b>{ $by } 为您录入</b>
entered-sent = 确认之前不会预留任何款项。
entered-confirmed = ✅ 已确认（{ $number }）。
entered-toast = 已确认
entered-refused = 您没有要，没有下单。
entered-lapsed = ⌛ 未及时确认，没有下单。
entered-withdrawn = 店员已收回，没有下单。
card-entered = ✍️ { $by } 录入，顾客已确认
order-entered = ✍️ { $by } 为您录入
button-enter = ✍️ 为这位顾客录入
button-send-entered = 发给 { $name } · { $total }
button-drop-entered = 放弃
button-take-back = 收回
button-confirm-entered = 确认 · { $total }
button-refuse-entered = 不要
refused-seat-to-enter = 哪个座位？请写在命令后面，例如 /enter A12
refused-nobody-there = { $seat } 座目前没有开户的顾客。
command-staff-enter = 为顾客录入订单

## party

party-none = 👥 和朋友一起坐？同桌能看到谁点了什么，也可以让别人记在您账上。各用各的钱包，各自结账。
party-title = 👥 <b>您在 { $merchant } 的同桌</b>
party-title-at = 👥 <b>{ $host } 的同桌</b>：{ $names }
party-host = { $name }（您）
party-person = { $name }
party-person-gone = { $name }，已不在此桌
party-sum = <b>{ $name }</b> · { $total }
party-row = { "  " }{ $quantity } × { $item } · { $amount }
party-row-on-host = { "  " }{ $quantity } × { $item } · { $amount } · 桌主付
party-row-on-you = { "  " }{ $quantity } × { $item } · { $amount } · 您付
party-total = 合计 <b>{ $total }</b>
party-limit = 别人可以记在您账上：总共不超过 { $limit }，还剩 { $left }。
party-limit-nobody = 没有人记在您账上，各付各的。
party-limit-of = 可以记在 { $host } 账上：所有人总共不超过 { $limit }。
party-limit-left = 还剩 { $left }。
party-own = 各付各的。
party-limit-ask = 别人总共可以在您账上点多少？点一个金额，或直接输入。随时可以更改，每一单都会告诉您。
party-invite = 👥 <b>{ $host } 的同桌</b>。转发给同坐的人，或让他们扫描下面的图片。
party-qr-caption = 扫码加入 { $host } 的同桌
party-companion-asked = 👥 { $name } 和您同座，想加入同桌。
party-companion-joined = 👥 { $name } 已加入同桌。
party-companion-left = 👥 { $name } 已离开同桌。已点的保持不变。
party-companion-removed = 👥 { $name } 已不在此桌。已点的保持不变。
party-companion-again = 👥 您允许 { $name } 再来，对方打开链接即可加入。
party-companion-changed = 👥 { $name } 不再请求加入。
party-companion-refused = 👥 未让 { $name } 加入。
party-you-refused = { $host } 暂不加人。您的座位和钱包照旧。
party-you-asked = 已请 { $host } 让您加入。
party-you-joined = 👥 您已加入 { $host } 的同桌。
party-you-left = 您已离开 { $host } 的同桌。已点的保持不变。
party-you-removed = { $host } 已将您移出同桌。已点的保持不变，座位和钱包照旧。
party-again = { $host } 允许您再来：请重新打开同桌链接。
party-over = { $host } 的同桌已结束。您的座位、订单和钱包照旧。
party-closed-here = 同桌已结束。各人的座位、订单和钱包照旧。
origin-host-paid = 👥 { $receiver } 所点，记在您账上
origin-host-received = 👥 记在 { $payer } 账上
origin-host-card = 👥 给 { $receiver }，{ $payer } 付款
paid-undeliverable = 🚪 未能送达：座位上没有人。餐品已制作，计入 { $payer } 的账单。
paid-declined = ❌ 无法提供：{ $reason }。{ $payer } 的预留款项已释放。
paid-cancelled = 已取消，{ $payer } 的预留款项已释放。
paid-expired = ⌛ 商家未及时回应，{ $payer } 的预留款项已释放。
check-out-brought = 还有别人付款的 { $amount } 正送到您的座位，结账后仍会送来。
evidence-order-for = 给 { $receiver }，由该客户付款
receipt-row-for = { $row } · 给 { $receiver }
button-table = 👥 同桌
button-start-table = 开一桌
button-invite-table = 邀请
button-join-table = 加入同桌
button-ask-host = 加入 { $host } 的同桌
button-let-join = 同意
button-keep-out = 不了
button-let-in-name = 让 { $name } 加入
button-let-again = 允许 { $name } 再来
button-remove = ✕ { $name }
button-leave-table = 离开同桌
button-close-table = 结束同桌
button-limit = 记在我账上…
button-nobody = 不允许
button-place-on-host = 记在 { $host } 账上 · { $total }
refused-party-over = 这一桌已结束，或链接已过期。请要一个新的。
refused-party-full = 这一桌已满：最多 { $most } 人加入。
refused-own-party = 这是您自己的同桌。
refused-already-in-party = 您已在一桌。请先离开或结束它。
refused-not-in-party = 您已不在那一桌。
refused-removed-from-party = { $host } 已将您移出此桌。只有 { $host } 能让您再来。
refused-seat-first = 要加入 { $host } 的同桌，请先在 { $merchant } 扫描座位上的二维码，再打开链接。
refused-limit-reached = 超出 { $host } 允许的金额：还剩 { $left }。
refused-host-short = { $host } 的钱包目前余额不足。

## gift

gift-where = 🎁 送到哪个座位？点一下，或输入座位号。会先问那里的人，对方同意后才下单。
gift-whom = 🎁 送给 <b>{ $seat }</b> 座的哪一位？
gift-title = 🎁 <b>送给 { $receiver }</b>
gift-giver-offered = ⏳ 已询问 { $receiver }。已预留 { $amount }，尚未支付。
gift-giver-accepted = ✅ { $receiver } 收下了：{ $number }
gift-giver-declined = { $receiver } 谢绝了。预留款项已释放。
gift-giver-lapsed = ⌛ { $receiver } 没有回应。预留款项已释放。
gift-giver-withdrawn = 已收回，预留款项已释放。
gift-giver-gone = 其中有一样刚刚售罄。预留款项已释放。
gift-question = 🎁 <b>{ $seat } 座的 { $giver }</b> 想送您：
gift-row = { $quantity } × { $item }
gift-receiver-accepted = ✅ 已收下（{ $number }），马上送到您的座位。
gift-receiver-declined = 您谢绝了。
gift-receiver-lapsed = ⌛ 未及时回应。
gift-receiver-withdrawn = 对方已收回。
gift-receiver-gone = 抱歉，其中有一样刚刚售罄。
gift-blocked = 您不再接收 { $giver } 的礼物。
gift-offered-toast = 已询问对方
origin-gift-paid = 🎁 送给 { $receiver }
origin-gift-received = 🎁 { $payer } 所送
origin-gift-card = 🎁 给 { $receiver }，{ $payer } 所送
button-give = 🎁 送给别的座位
button-give-to = 送给 { $name } · { $total }
button-take-gift = 收下，谢谢
button-decline-gift = 谢谢，不用
button-block-giver = 不收 { $giver } 的礼物
button-unblock-giver = 重新接收 { $giver } 的礼物
button-take-gift-back = 收回
refused-gift-over = 这份礼物已有答复、已收回或已过期。
refused-gift-short = 送这份礼物还差 { $short }。请先充值。
refused-gifts-refused = { $receiver } 目前不想收礼物。
refused-gift-too-soon = 刚刚才问过对方，请稍等一会儿。
refused-too-many-gifts = 您还有 { $most } 份礼物在等答复。
refused-receiver-gone = 对方已不在那里，请重新选择。

## check_out

check-out-title = <b>结账</b>
check-out-delivered = 已送达：{ $amount }
check-out-coming = 还在路上：{ $amount }
check-out-unanswered = 尚未接单，将取消：{ $amount }
check-out-left = 剩余：<b>{ $amount }</b>。可以退回 { $account }，也可以留着下次用。
check-out-left-some = 剩余：<b>{ $amount }</b>。其中 { $back } 现在可以退回 { $account }：其余有争议、用于抵扣欠款或为奖励。
check-out-no-rest = 没有剩余。
check-out-nothing-due = 没有需要支付的。
check-out-wait-or-pay = 还有 { $amount } 的订单未送达。您可以等一等，也可以现在付款。
check-out-toast = 已结账
check-out-done = 感谢光临 { $merchant }。
receipt-title =
    🧾 <b>收据 { $number }</b>
    { $merchant } · { $seat } 座 · { $time }
receipt-paid = 实付 <b>{ $amount }</b>
receipt-tax = 其中含税 { $rate }%：{ $amount }
receipt-refund = { $amount } 将退回给您（{ $number }）
receipt-kept = { $amount } 留在钱包里

## refund

balance-title = <b>您的钱包</b>
balance-available = 可用：<b>{ $amount }</b>
balance-owed = 因争议款项被追回，您欠：{ $amount }
balance-refunding = 退款中：{ $amount }
balance-made-of = 构成：
balance-lot = • { $brought } 中的 { $left }（{ $number }）
balance-lot-disputed = • { $brought } 中的 { $left }（{ $number }，有争议）
balance-lot-bonus = • { $brought } 中的 { $left }（{ $number } 的奖励，仅限消费）
balance-promised = 🎁 { $number } 的余额消费完后送 { $amount }
balance-bound = 绑定：{ $account }
balance-unbound = 首次付款的支付账户
binding-toast = 请稍候
binding-open = 请在{ $gateway }的页面上指定资金来源和退回的银行卡或账户，不会扣款。
binding-bound = ✅ 您的账户已绑定 { $account }。
binding-refused = { $gateway }现在无法绑定您的账户，您的首次付款会完成绑定。
binding-freed = 您的账户已解除绑定，下一次付款会重新绑定。
refund-ask = <b>{ $amount }</b> 将原路退回：
refund-ask-part = • { $amount } 退至 { $account }
refund-stuck-window_over = • { $amount } 退至 { $account }：已超过退款期限，无法原路退回
refund-stuck-too_many = • { $amount } 退至 { $account }：退款次数已用完，无法原路退回
refund-stuck-too_small = • { $amount } 退至 { $account }：金额太小，无法原路退回
refund-stuck-whole_only = • { $amount } 退至 { $account }：该付款只能整笔退回
refund-stuck-no_gateway = • { $amount } 退至 { $account }：目前无法退回
refund-stuck = 无法原路退回的款项，工作人员会另行处理；在此之前为您保管。
refund-ask-days = 到账可能需要几天。
refund-toast = 退款中
refund-held = { $held } 仍为您的订单预留。
refund-source = { $number } 的付款账户
refund-title = 💸 <b>退款 { $number }</b> · { $amount }
refund-part-planned = ⏳ { $amount } 退至 { $account }：发送中
refund-part-pending = ⏳ { $amount } 退至 { $account }：已在途中，尚未确认，我们会继续查询
refund-part-parked = ⚠️ { $amount } 至 { $account }：未能退出。您的钱是安全的，工作人员正在处理
refund-part-done = ✅ { $amount } 退至 { $account }
refund-part-returned = ↩️ { $amount } 无法退至 { $account }，已回到钱包
refund-part-rerouted = ✅ { $amount } 无法退回 { $account }，由工作人员人工支付给您
refund-window = ⏳ 来自 { $account } 的 <b>{ $amount }</b> 只能在 { $until } 之前原路退回。请在此之前使用或退款：/balance
refund-done = 已退出，到账可能需要几天。
dispute-open = ⚖️ 您的银行被要求追回 { $number } 中的 { $amount }：在处理完之前，钱包中的 { $held } 暂时冻结。
dispute-won = ⚖️ { $number } 中 { $amount } 的争议已结束，款项留在这里：冻结的部分又可以使用了。
dispute-lost = ⚖️ 您的银行已追回 { $number } 中的 { $amount }：已从钱包中扣除。
dispute-lost-owed = ⚖️ 您的银行已追回 { $number } 中的 { $amount }：钱包中已扣除 { $held }，另欠 { $owed }。
debt-paid = 因款项被追回而欠的 { $amount } 已从钱包中扣除，您不再欠款。
debt-paid-some = 因款项被追回而欠的款项已从钱包中扣除 { $amount }，还欠 { $left }。
bonus-came = 🎁 { $number } 已消费完，奖励 { $amount } 到账，可在此消费。
history-title = <b>最近的单据</b>
history-empty = 还没有单据。
history-row = { $time } · <b>{ $number }</b> { $what } · { $amount }
document-t = 充值
document-t-pending = 充值，未付款
document-t-expired = 充值，已过期
document-g = 订单
document-g-declined = 订单，已拒单
document-g-cancelled = 订单，已取消
document-g-expired = 订单，无人回应
document-c = 结账
document-r = 退款
document-top-up-pending = <b>充值 { $number }</b> · { $amount } · { $time } · 未付款
document-top-up-paid = <b>充值 { $number }</b> · { $amount } · { $time } · 已付款
document-top-up-expired = <b>充值 { $number }</b> · { $amount } · { $time } · 已过期

## counter

card-title = <b>{ $number } · { $seat } 座</b> · { $total }
card-placed = 🆕 新订单，{ $time }
card-moved = ↪️ 现在在 <b>{ $seat }</b> 座
card-accepted = 👍 { $by } 已接单
card-preparing = 🍳 { $by } 正在准备
card-ready = 🔔 { $by }：已做好
card-delivered = ✅ { $by } 已送达
card-undeliverable = 🚪 { $by }：未能送达
card-comped = 🎁 { $by }：本店请客，{ $reason }
card-returned = ↩️ { $by } 已收回：{ $reason }
card-miss = 🚪 { $by }：座位上没有人
card-promised = ⏱ 承诺 { $time }
card-cancel-asked = ✋ <b>顾客请求取消</b>
card-declined = ❌ { $by } 已拒单：{ $reason }
card-cancelled = 顾客已取消
card-expired = ⌛ 无人回应，已释放
card-paid = 结账时已付款
reason-sold-out = 售罄
reason-too-busy = 太忙
reason-closing = 即将打烊
reason-other = 暂时无法提供
reason-no-id = 未能证明年龄
reason-mistake = 我们的失误
reason-too-late = 等得太久
reason-quality = 品质不佳
reason-goodwill = 一点心意
counter-hello = 大家好！要在本群接收商家订单，请输入 /link 和管理员给的代码。
counter-linked =
    本群今后接收 <b>{ $merchant }</b> 的订单。
    每个订单一张卡片，带按钮。/menu 标记售罄，/today 查看数据，/help 查看帮助。
counter-left = 👋 { $seat } 座已离开，实付 <b>{ $amount }</b>（{ $number }）。
counter-why-not = 为什么不行？
counter-why = 什么原因？
counter-menu = <b>菜单</b> · 点一下标记售罄或恢复，✎ 改价格和数量
counter-no-menu = 还没有菜单。请管理员把菜单文件发给我。
counter-item-on = ✅ { $item }
counter-item-hidden = 🙈 { $item }
edit-title = <b>{ $item }</b> · { $price }
edit-no-count = 不计数
edit-left = 剩余：{ $left }
edit-sold-out = 🚫 已售罄
edit-hidden = 🙈 顾客看不到
edit-stock-down-1-key = 剩余 −1
edit-stock-up-1-key = 剩余 +1
edit-stock-up-10-key = 剩余 +10
edit-no-count-key = 不计数
edit-sold-out-key = 🚫 售罄
edit-back-key = ✅ 恢复
edit-hide-key = 🙈 隐藏
edit-show-key = 显示
counter-item-off = 🚫 { $item }
counter-sold-out-toast = { $item } 已售罄
counter-back-toast = { $item } 已恢复
counter-accept-toast = { $number } 已接单
counter-ask-id = 🔞 其中有须满 { $age } 岁的商品，交付前请查验证件。
counter-id-fine-toast = { $number } 已送达，证件已查验
counter-no-id-toast = { $number }：未交付，款项已释放
counter-ready-toast = { $number } 已做好
counter-deliver-toast = { $number } 已送达
counter-decline-toast = { $number } 已拒单
counter-prepare-toast = { $number } 正在准备
counter-promise-toast = { $number } 已接单并告知时间
counter-miss-toast = { $number }：已告知顾客
counter-give-up-toast = { $number } 未能送达
counter-let-go-toast = { $number } 已取消
counter-keep-toast = { $number } 继续制作，已告知顾客
counter-comp-toast = { $number }：本店请客
counter-return-toast = { $number }：已收回
counter-line = 仅限 <b>{ $item }</b>：
deed-row = { $time } · { $by } · { $what }
deed-row-line = { $time } · { $by } · { $what } · { $item }
deed-accept = 接单
deed-decline = 拒单
deed-prepare = 开始准备
deed-ready = 做好
deed-id-fine = 已送达，证件已查验
deed-no-id = 因无证件未交付
deed-deliver = 送达
deed-promise = 接单并告知时间
deed-miss = 座位上没有人
deed-give-up = 未能送达
deed-let-go = 按请求取消
deed-keep = 未予取消
deed-comp = 本店请客
deed-return = 收回
staff-title = <b>{ $merchant } 的店员</b>
staff-nobody =
    <b>{ $merchant }</b> 还没有店员名单：群里每个人都能操作。
    第一位店主加入后名单开始生效，按角色授权。
staff-member = { $name } · { $role }
staff-one = <b>{ $name }</b> · { $role }，自 { $since }
staff-invite = 第一个打开此链接的人将成为 <b>{ $merchant }</b> 的{ $role }。链接 24 小时内有效，只能用一次。
staff-joined = 您现在是 <b>{ $merchant }</b> 的{ $role }。请在它的群里处理订单。
staff-told = 👤 { $name } 现在是{ $role }
staff-told-ended = 👤 { $name } 不再是店员
staff-changed-toast = { $name } 的角色已更改
staff-ended-toast = { $name } 已移出名单
role-owner = 店主
role-manager = 经理
role-cashier = 收银员
role-waiter = 服务员
merchant-deed-invite = 生成一个{ $about }链接
merchant-deed-join = 以{ $about }身份加入
merchant-deed-role-owner = 将 { $about } 设为店主
merchant-deed-role-manager = 将 { $about } 设为经理
merchant-deed-role-cashier = 将 { $about } 设为收银员
merchant-deed-role-waiter = 将 { $about } 设为服务员
merchant-deed-end = 将 { $about } 移出名单
merchant-deed-price-down-5 = { $about } 降价
merchant-deed-price-down-1 = { $about } 降价
merchant-deed-price-up-1 = { $about } 涨价
merchant-deed-price-up-5 = { $about } 涨价
merchant-deed-stock-down-1 = { $about } 数量减一
merchant-deed-stock-up-1 = { $about } 数量加一
merchant-deed-stock-up-10 = { $about } 数量加十
merchant-deed-no-count = { $about } 不再计数
merchant-deed-hide = { $about } 已隐藏
merchant-deed-show = { $about } 已显示
merchant-deed-sold-out = { $about } 售罄
merchant-deed-back = { $about } 恢复
merchant-deed-pause = 暂停接单
merchant-deed-resume = 恢复接单
merchant-deed-settings = 更改无人回应时的处理
board-title =
    { $count ->
       *[other] 📋 <b>{ $count } 个未完成订单</b>
    }
board-empty = 📋 <b>没有未完成订单</b>
board-paused = ⏸ <b>已暂停接单</b>
board-placed = 🆕 { $time } · { $number } · { $seat }
board-accepted = 👍 { $time } · { $number } · { $seat } · { $by }
board-preparing = 🍳 { $time } · { $number } · { $seat } · { $by }
board-ready = 🔔 { $time } · { $number } · { $seat } · { $by }
board-more = … 还有 { $count } 个
ordering-pause = ⏸ { $by } 已暂停接单。/resume 恢复。
ordering-resume = ▶️ { $by } 已恢复接单。
ordering-paused-toast = 已暂停接单
ordering-resumed-toast = 正在接单
counter-reminder = ⏰ 自 { $time } 起等待回应
counter-paused-by-silence = ⏸ 连续多个订单无人回应，已暂停接单。/resume 恢复。
staff-alert = ⏰ { $merchant }：{ $seat } 座的订单 { $number } 无人回应。
staff-paused-by-silence = ⏸ { $merchant }：连续多个订单无人回应，已暂停接单。在群里用 /resume 恢复。
silence-title = <b>订单无人回应时</b>
silence-ping = 1. 提醒本群：{ $wait }
silence-alert = 2. 通知店主和经理：{ $wait }
silence-release = 3. 释放订单：{ $wait }
silence-pause = 4. 暂停接单：{ $wait }
silence-never = 从不
silence-default = 默认
silence-seconds = { $count } 秒
silence-minutes = { $count } 分钟
silence-orders = 连续 { $count } 单

## call

button-call-staff = 🙋 呼叫店员
button-take-call-back = 不用了
button-take-call = 🏃 我去
button-call-done = ✅ 完成
call-title = 🙋 <b>{ $seat } 座呼叫</b>
call-waiting = ⏳ 店员已收到呼叫。
call-taken = 🏃 { $by } 正在过来。
call-done = ✅ { $by } 已来过。
call-withdrawn = 已撤回。
call-left = 您已结账，呼叫结束。
call-about = 需要什么？点一下告诉店员。
call-need-order = ❓ 订单问题
call-need-bill = 🧾 结账
call-need-table = 💧 水或餐具
call-need-other = 💬 其他
call-card-title = 🙋 <b>{ $seat } 座</b> · { $name } 呼叫
call-card-waiting = 🆕 自 { $time } 起
call-card-taken = 🏃 { $by } 正在处理
call-card-done = ✅ { $by } 已完成
call-card-withdrawn = 顾客已撤回
call-card-left = 👋 顾客已离开
call-made-toast = 已呼叫店员
call-need-toast = 店员已知道
call-withdrawn-toast = 已撤回
call-take-toast = 顾客会看到您正在过去
call-done-toast = 已完成
call-answered-taken = { $by } 先处理了，正在过去。
call-answered-done = { $by } 先处理了：这次呼叫已完成。
call-answered-withdrawn = 顾客已撤回这次呼叫。
call-answered-left = 这次呼叫已结束：顾客已离开。
call-alert = ⏰ { $merchant }：{ $seat } 座的呼叫无人回应。
board-call-waiting = 🙋 { $time } · { $seat } 呼叫
board-call-taken = 🏃 { $time } · { $seat } 呼叫 · { $by }
refused-already-called = 店员已经收到您的呼叫。
refused-called-lately = 您刚刚呼叫过。{ $wait_minutes } 分钟后可再次呼叫，也可以招手。

## presence

button-let-in = ✅ 允许入座
button-turn-away = 不在这里
button-type-code = 🔢 输入验证码
button-show-code = 🔢 显示验证码
button-new-code = 🔄 当前验证码
seating-title = <b>座位与呼叫</b>
seating-open = 1. 扫描座位二维码即可点单。
seating-staff = 1. 扫码后须由你们允许入座，才能点单。
seating-code = 1. 扫码后须输入一次四位验证码，/code 在本群显示。
seating-later = 对此后入座的顾客有效。
seating-again = 2. 顾客再次呼叫须间隔：{ $wait }
seating-at-once = 不限
seating-open-key = 任何人
seating-staff-key = 店员允许
seating-code-key = 验证码
seating-code-now = 🔢 当前验证码：<b>{ $code }</b> · { $until } 前有效
seating-no-code = 这里不需要验证码。可在 /settings 的“座位与呼叫”中开启。
seating-rotate-which = 哪个座位？/rotate A12 为它换新二维码，旧的随即失效。
admission-staff = ⏳ 已请店员允许您入座。您可以先看菜单或充值。
admission-code = 🔢 点单前，请输入店员出示的四位验证码。
admission-turned-away = 🚫 店员没有为您开放这个座位。请询问店员，或扫描其他座位的二维码。
admission-wrong-code =
    { $left ->
       *[other] 验证码不对。请询问店员后重新输入，还可以试 { $left } 次。
    }
admission-told-admitted = ✅ { $by } 已允许您坐 { $seat } 座，现在可以点单。
admission-told-turned-away = 🚫 店员没有允许您坐 { $seat } 座。
admission-told-by-code = ✅ 验证码正确，现在可以点单。
admission-card-waiting = 🪑 <b>{ $name }</b> 想坐 <b>{ $seat }</b> 座
admission-card-wrong-codes = 🪑 <b>{ $seat }</b> 座的 <b>{ $name }</b> 输错了验证码。那里有人吗？
admission-card-admitted = ✅ { $by } 允许 { $name } 坐 { $seat } 座
admission-card-by-code = ✅ { $seat } 座的 { $name } 输入了正确的验证码
admission-card-turned-away = 🚫 { $by } 没有允许 { $name } 坐 { $seat } 座
admission-card-left = 👋 { $name } 不再等候 { $seat } 座
board-admission = 🪑 { $time } · { $seat } · { $name } 等候入座
admission-in-toast = 顾客现在可以点单
admission-away-toast = 顾客不能在这个座位点单
admission-answered-admitted = { $by } 先处理了，已允许入座。
admission-answered-turned-away = { $by } 先处理了，没有允许入座。
admission-answered-left = 顾客已不再等候。
admission-alert = ⏰ { $merchant }：{ $seat } 座有人等候入座，无人回应。
refused-code-locked = 验证码错误次数过多。已请店员允许您入座，您也可以在 { $wait_minutes } 分钟后再试。
command-staff-code = 顾客要输入的验证码
command-staff-rotate = 为座位换新二维码
merchant-deed-proof-open = 开放座位，扫码即可点单
merchant-deed-proof-staff = 改为须店员允许入座
merchant-deed-proof-code = 改为须输入验证码入座
merchant-deed-calling = 更改顾客呼叫间隔
merchant-deed-rotate = 为 { $about } 座换新二维码

## stations

card-elsewhere = ➕ { $station }：{ $items }
card-elsewhere-main = ➕ 主群：{ $items }
card-elsewhere-item = { $quantity } × { $item }
card-elsewhere-now = <b>{ $number } · { $seat } 座</b> ↪️ 卡片已移到别处。
station-linked =
    { $count ->
        [0] 这里现在是 <b>{ $merchant }</b> 的 <b>{ $station }</b>。菜单里还没有归它的项目：请在菜单文件的 station 列填写 { $station }。
       *[other] 这里现在是 <b>{ $merchant }</b> 的 <b>{ $station }</b>。菜单里有 { $count } 个项目归它，卡片会发到这里。
    }
station-at-home = 今后 <b>{ $merchant }</b> 的 <b>{ $station }</b> 的卡片发到这里。
station-left = { $station } 的看板已移到别处。
station-lost = ⚠️ 我无法再给 <b>{ $station }</b> 发消息。恢复之前，它的卡片发到这里。
station-back = 又可以给 <b>{ $station }</b> 发消息了，它的卡片发到那里。
admin-station-row = ↳ { $station }
admin-station-row-lost = ↳ { $station } · ⚠️ 无法发消息
admin-station-lost = ⚠️ { $merchant }：我无法再给 { $station } 发消息，它的卡片改发到主群。用新代码 /link 代码 { $station } 可以给它另一个地方。
admin-station-back = { $merchant }：又可以给 { $station } 发消息了。
refused-station-refused = “{ $asked }”作为档口名太长，最多 20 个字，例如 /link 代码 厨房。

## endings

idle-asked = 👋 您还在 { $merchant } 吗？已有一段时间没有动静。如无回应，将在 { $at } 为您结账：只付已送达的，余额退回给您。
idle-asked-only = 👋 您还在 { $merchant } 吗？已有一段时间没有动静。离开时请结账。
idle-stayed = 👍 好的，您慢慢坐。
idle-stayed-toast = 欢迎继续
idle-over = 👋 本次到访已结束。
home-last-orders = 🔔 最后点单到 { $until }
home-closing = 🌙 今天不再接单，{ $at } 打烊
home-closed = 🌙 已打烊，{ $opens } 开门
board-last-orders = 🔔 <b>最后点单到 { $until }</b>
board-closing = 🌙 <b>不再接单，{ $at } 打烊</b>
board-closed = 🌙 <b>已打烊</b>，{ $opens } 开门
closing-last-orders = 🔔 <b>{ $merchant }</b> 最后点单：请在 { $until } 前下单。
closing-undelivered = 🌙 <b>已打烊，以下尚未送达。</b>已送到的请按“已送达”：到 { $at } 仍未标记的将释放，无人付款。
closing-order = • { $number } · { $seat } 座
closing-undelivered-alert =
    { $count ->
       *[other] 🌙 { $merchant } 已打烊，还有 { $count } 个订单未送达。如无人标记已送达，将在 { $at } 释放，无人付款。
    }
order-closed-out = 🌙 打烊前未送达，您无需付款，预留款项已释放。
order-visit-over = 款项到账前您的到访已结束，没有下单。钱在您的钱包里。
order-money-kept = 没有下单，您的钱在钱包里。
card-closed-out = 🌙 打烊前未送达：已释放，不收款
receipt-idle = 👋 很久没有回应，已为您结账，没有任何加收。
receipt-closing = 🌙 { $merchant } 已打烊，已为您结账，没有任何加收。
receipt-not-brought = 🌙 { $quantity } × { $item }：未送达，不收款
receipt-stays = { $amount } 留在钱包里：目前无法原路退回
counter-left-idle = 👋 { $seat } 座长时间无人，已自动结账，实付 <b>{ $amount }</b>（{ $number }）。
counter-left-closing = 🌙 { $seat } 座已在打烊时自动结账，实付 <b>{ $amount }</b>（{ $number }）。
settings-title = <b>设置</b>
hours-title = <b>营业时间：</b>{ $hours }
hours-how = 更改：<code>/hours Mon-Thu 18:00-02:00; Fri,Sat 18:00-04:00</code>，或 <code>/hours always</code>
hours-always = 全天
ending-last-orders = 1. 打烊前停止接单：{ $minutes }
ending-grace = 2. 打烊后自动结账：{ $minutes }
idle-title = <b>座位上没有动静时</b>
ending-idle = 1. 询问顾客：{ $minutes }
ending-leave = 2. 询问后自动结账：{ $minutes }
merchant-deed-hours = 营业时间：{ $about }
merchant-deed-set-last-orders = 打烊前停止接单：{ $about }
merchant-deed-set-grace = 打烊后自动结账：{ $about }
merchant-deed-set-idle = 无动静时询问顾客：{ $about }
merchant-deed-set-leave = 询问后自动结账：{ $about }
case-what = { $number } 哪里不对？
case-more = { $number } 已交给负责人。要补充一句吗？请直接输入，最多 { $most } 个字。
case-said = 已补充到 { $number }，答复会发到这里。
case-opened-toast = { $number } 已发给负责人
case-title = 🛎 <b>问题单 { $number }</b> · 收据 { $receipt }
case-quote = “{ $text }”
case-given-back = ↩️ { $item } 已从账单中扣除
case-waits = { $merchant } 的负责人已收到，会在这里答复。
case-answered = { $merchant } 答复：{ $answer }
case-answer = 🛎 <b>{ $number }</b>：{ $merchant } 答复：{ $answer }
case-card-title = 🛎 <b>问题单 { $number }</b> · { $merchant } · { $seat } 座 · 收据 { $receipt }
case-card-wrong = { $name }：{ $wrong }
case-card-closed = ✅ { $name } 已关闭：{ $answer }
case-act-open = { $time } · { $by } 提出问题
case-act-say = { $time } · { $by } 补充说明
case-act-make-good = { $time } · { $by } 退还 { $about }
case-act-escalate = { $time } · 无人答复，已通知管理员
case-act-close = { $time } · { $by } 关闭问题单
case-type-answer = 关于 { $number }，要告诉顾客什么？请输入，最多 { $most } 个字；发送后问题单即关闭。
case-made-good-toast = { $item } 已退还
case-closed-toast = { $number } 已关闭，已告知顾客
wrong-not-delivered = 有东西没送到
wrong-wrong-item = 送来的不对
wrong-charged-twice = 重复收费
wrong-other = 其他问题
answer-given-back = 您说得对，款项已退还。
answer-was-right = 我们已核对，收据无误。
answer-talked = 如我们当面所谈。
refused-not-open-now = { $merchant } 现在已打烊，{ $opens_at } 开门。
refused-last-orders-over = { $merchant } 打烊前不再接单，{ $opens_at } 再开门。
refused-hours-refused-form = 无法读懂“{ $found }”。营业时间写法：/hours Mon-Thu 18:00-02:00; Fri,Sat 18:00-04:00
refused-hours-refused-overlap = “{ $found }”与其他时段重叠，未作更改。
refused-hours-refused-long = 营业时间太长，未作更改。
refused-already-left = 您的到访已结束，收据是 { $number }。
refused-already-closed-out = 太晚了：{ $number } 在打烊前未标记已送达，已释放，无人付款。
refused-case-closed = { $number } 已由 { $by } 关闭。
refused-saying-too-long = 太长了：{ $found } 字，最多 { $most } 字。请输入短一些的。
refused-too-many-sayings = 您已说明了不少，请等待答复，或当面与店员谈。
button-still-here = 我还在
button-not-right = 不对？
button-say-more = ✎ 补充一句
button-that-is-all = 就这些
button-still-not-right = 还是不对？
button-give-back = ↩️ 退还 { $quantity } × { $item } · { $amount }
button-answer-given-back = ✅ 已退还，关闭
button-answer-was-right = 收据无误，关闭
button-answer-talked = 已当面谈妥，关闭
button-type-answer = ✎ 输入答复…
button-settings-silence = ⏰ 无人回应时
button-settings-hours = 🕒 营业时间与最后点单
button-settings-idle = 👋 座位上没有动静时
button-settings-seats = 🪑 座位与呼叫

## admin

admin-merchant-made =
    <b>{ $name }</b> 是商家 #{ $number }。接下来：
    1. /linkcode { $number }，在它的群里输入代码
    2. 发送菜单 CSV 文件，说明填 <code>{ $number }</code>
    3. /seats { $number } A1-A20
admin-merchants = <b>商家</b>
admin-no-merchants = 还没有商家。用 /newmerchant 名称 新建第一个。
admin-merchant-row = #{ $number } { $name }
admin-merchant-row-no-group = #{ $number } { $name } · 还没有群：/linkcode { $number }
admin-link-code =
    把 @{ $bot } 加入 <b>{ $name }</b> 的群，15 分钟内在群里输入：
    <code>/link { $code }</code>
admin-menu-reading = ⏳ 正在读取文件，共 { $count } 行……
admin-menu-read = ⏳ 已读取 { $count } 项，没有错误，正在更新菜单……
admin-menu-loaded =
    { $count ->
       *[other] { $merchant } 的菜单现有 { $count } 项。
    }
admin-photo-set = { $item } 已有这张照片。
admin-file-lost = 无法从 Telegram 获取该文件，请重新发送。
admin-seats-made =
    { $count ->
        [0] { $name }：没有新座位。以下是二维码。
       *[other] { $name }：新增 { $count } 个座位。以下是二维码。
    }
admin-no-seats = 这个商家还没有座位。用 /seats 编号 A1-A20 新建。
admin-seat-rotated = { $seat } 座已换新二维码，旧码会提示已失效。
admin-stray-waiting = ⚠️ { $number }：{ $payer } 付来 { $amount }，没有对应的充值单（{ $gateway }，付款 <code>{ $charge }</code>），已挂账。
admin-stray-going = ⏳ { $number }：{ $payer } 付来的 { $amount } 正在退回（{ $gateway }，付款 <code>{ $charge }</code>）。
admin-stray-crediting = ⏳ { $number }：{ $payer } 付来的 { $amount } 将记入 { $customer } 的钱包，先向 { $gateway } 确认是否已退回。
admin-stray-back = ↩️ { $number }：{ $payer } 付来的 { $amount } 已原路退回（{ $gateway }，付款 <code>{ $charge }</code>）。
admin-stray-credited = ✅ { $number }：{ $payer } 付来的 { $amount } 已记入 { $customer } 的钱包。
admin-stray-refused = 支付方未退回：<code>{ $reason }</code>
admin-stray-proposed = { $name } 提议记入 { $customer } 的钱包，需要另一位管理员确认。
admin-stray-proposed-toast = 已提议
admin-stray-going-toast = 正在退回
admin-stray-confirmed-toast = 已确认
admin-strays =
    { $count ->
        [0] 没有挂账的付款。
       *[other] 挂账的付款：{ $count } 笔。如需记给付款人以外的顾客：/credit S-1 T-12（该顾客的任一充值单）
    }
admin-part-parked = ⚠️ 退款 { $number } 中的 { $amount } 被支付方拒绝：<code>{ $reason }</code>
admin-part-kept = ⚠️ 退款 { $number } 中的 { $amount }：支付方已扣款，但无法转给顾客，款项由支付方保管：<code>{ $reason }</code>。请在支付方的平台上处理，切勿再以其他方式退款。
admin-part-planned = ⏳ 退款 { $number } 中的 { $amount }：已重新发送
admin-part-pending = ⏳ 退款 { $number } 中的 { $amount }：已重新发送，尚未确认
admin-part-done = ✅ 退款 { $number } 中的 { $amount } 已到账
admin-part-returned = ↩️ 退款 { $number } 中的 { $amount } 已回到钱包
admin-disputes = <b>付款争议</b>
admin-no-disputes = 没有付款争议。
admin-dispute-open = ⚖️ <b>{ $number }</b> · { $top_up } 中的 { $amount } 在 { $gateway } 有争议（<code>{ $reference }</code>，{ $reason }）。已冻结 { $held }，{ $top_up } 暂不退款。
admin-dispute-won = ⚖️ <b>{ $number }</b> · { $top_up } 中的 { $amount }，{ $gateway }（<code>{ $reference }</code>）：胜诉，{ $held } 已解冻。
admin-dispute-lost = ⚖️ <b>{ $number }</b> · { $top_up } 中的 { $amount }，{ $gateway }（<code>{ $reference }</code>）：败诉。已从钱包扣除 { $held }，不足 { $owed }。
admin-dispute-told-won = ⚠️ { $gateway } 先前说争议 { $number }（<code>{ $reference }</code>）败诉，现在说胜诉。未作任何更改：请到支付方核对。
admin-dispute-told-lost = ⚠️ { $gateway } 先前说争议 { $number }（<code>{ $reference }</code>）胜诉，现在说败诉。未作任何更改：请到支付方核对。
admin-dispute-unmatched = ⚠️ { $gateway } 通知一笔争议（<code>{ $reference }</code>），涉及付款 <code>{ $charge }</code> 的 { $amount }，没有对应的充值或超过其金额。未作任何更改：请到支付方核对。
admin-evidence-coming = 正在生成文件
evidence-title = 争议 { $reference } 的证据
evidence-how = 说明：顾客在聊天中开户，向账户付款，在座位上点单，店员送到座位。未花掉的钱可随时按原路退回付款账户。
evidence-summary = { $name } 于 { $time } 向自己的账户付款 { $amount }，即本争议所涉付款。其中 { $goods } 用于下列商品，{ $back } 已退回。
evidence-times = 所有时间均为 { $zone } 时区。
evidence-charge = 付款
evidence-label-disputed = 争议
evidence-label-provider = 支付方
evidence-label-amount = 金额
evidence-label-payer = 付款账户
evidence-label-asked = 申请充值
evidence-label-paid = 付款时间
evidence-label-customer = 顾客
evidence-label-earlier = 以往付款
evidence-disputed = { $amount }，通知时间 { $time }。所述原因：{ $reason }
evidence-provider = { $gateway }，交易号 { $charge }
evidence-payer-unknown = 支付方未告知
evidence-asked = { $time }，由顾客申请（充值 { $number }）
evidence-customer = { $name }，Telegram 账号 { $number }；在此开户时间 { $opened }
evidence-earlier = 此前同一付款账户另有 { $count } 笔付款，最早为 { $time }，均无争议。
evidence-orders = 付款之后的订单，以及由谁服务
evidence-order = { $time } 在 { $merchant } { $seat } 座点单
evidence-line = { $quantity } × { $name } · { $amount } · { $state }
evidence-line-paid = （其中 { $amount } 由此付款支付）
evidence-line-placed = 已下单
evidence-line-accepted = 已接单
evidence-line-preparing = 制作中
evidence-line-ready = 已备好
evidence-line-delivered = 已送达
evidence-line-undeliverable = 已备好，座位上没有人
evidence-line-comped = 本店请客，未付款
evidence-line-returned = 已收回，未付款
evidence-line-declined = 已拒单，未付款
evidence-line-cancelled = 已取消，未付款
evidence-line-expired = 无人回应，未付款
evidence-receipts = 付款之后的收据
evidence-receipt = { $time } · { $merchant } · 从账户支付 { $amount }，明细：
evidence-refunds = 此付款已退回的金额
evidence-refund = { $amount } · { $state } { $time } · 支付方编号：{ $reference }
evidence-part-planned = 发送中
evidence-part-pending = 途中
evidence-part-parked = 支付方拒绝
evidence-part-done = 已退回
evidence-part-returned = 已退回账户
evidence-part-rerouted = 已人工付出
evidence-none = 无
reconcile-agrees = ✅ <b>{ $gateway }</b> · { $day }：双方账目一致（相符 { $matched } 笔）
reconcile-differs = ⚠️ <b>{ $gateway }</b> · { $day }：相符 { $matched } 笔，不符 { $count } 笔
reconcile-ours-only = • { $kind } { $title }：我方 { $ours }，对方没有
reconcile-theirs-only = • { $kind } <code>{ $number }</code>：对方 { $theirs }，我方没有
reconcile-amount = • { $kind } { $title }：我方 { $ours }，对方 { $theirs }
reconcile-currency = • { $kind } { $title }：我方 { $ours }，对方 { $theirs }，币种不同
reconcile-state = • { $kind } { $title }：我方状态 { $state }，金额 { $ours }，对方合计 { $theirs }
reconcile-told-anew = • { $kind } <code>{ $number }</code>：现在说是 { $theirs }，先前是 { $ours }
reconcile-nothing = 无
reconcile-more =
    { $count ->
       *[other] • 另有 { $count } 笔，见文件
    }
reconcile-brought = 由此发现并查实了 { $count } 笔此前无人告知的付款，现已入账。
reconcile-fees = 手续费：{ $kept } · 已划至银行：{ $paid }
reconcile-holds = { $gateway } 为我方保管 { $amount }。
reconcile-stale = ⚠️ { $gateway } 本应已全部划款，但按我方账目仍保管 { $amount }。
reconcile-cover = 各支付渠道和银行共保管 { $held }。顾客资金 { $customers }，商家应得 { $merchants }。
reconcile-short = ⚠️ 顾客的资金缺 { $amount }：请补足，或查明去向。
reconcile-away = { $gateway } 目前不提供 { $day } 的账目。我每小时再问一次。
reconcile-not-listed = { $gateway } 尚未列出 { $day } 的账目，请在 { $time } 之后再问。
movement-charge = 收款
movement-refund = 退款
movement-dispute = 争议
movement-other = 其他
movement-fee = 手续费
movement-payout = 划款
admin-part-rerouted = ✅ 退款 { $number } 的 { $amount } 已记为人工支付
admin-reroute-proposed = { $name } 提议人工支付，需要另一位管理员确认。
admin-reroute-confirmed = 已确认
admin-window = ⏳ { $number } 的 { $amount } 只能在 { $until } 之前退回，已告知持有人。
admin-rescue-retry = 已重新发送
admin-rescue-to-wallet = 已退回钱包
admin-rescue-reroute = 已提议
admin-unsaid = ⚠️ 发给 { $chat } 的消息未送达：{ $why }
admin-bot-removed = ⚠️ 我被移出 { $merchant } 的群，订单现在无人接收。
admin-bot-back = 我已回到 { $merchant } 的群。
admin-bot-muted = ⚠️ 我在 { $merchant } 的群里被禁言。订单已保留，但现在无人接收。
admin-payment-set-aside = 🚨 有一笔付款无法处理（更新 { $uid }），请立即查看日志。
admin-errand-failed = 🚨 有一项任务一再失败：<code>{ $kind }</code> { $number }。请马上查看日志。
today-title = <b>自 { $since } 起</b>
today-merchant =
    <b>{ $name }</b>
    订单：{ $placed } 单，{ $ordered }
    送达：{ $delivered } · 拒单：{ $declined }
    销售：<b>{ $sold }</b>
    在座：{ $visits } · 预留：{ $held }
today-operator =
    <b>收银服务</b>
    充值：{ $topups } 笔，{ $brought }
    退款：{ $refunds } 笔，{ $refunded }
    钱包余额：{ $wallets } · 退款中：{ $refunding }
    待处理退款：{ $parked }
today-strays = 没有对应充值单的付款：{ $count } 笔，{ $amount }
today-disputes = 未结争议：{ $count } 笔，{ $amount } · 顾客欠款：{ $owed }
today-refused-notices = 已拒收 { $gateway } 的通知：{ $count }
help-customer =
    <b>使用方法</b>
    扫描座位上的二维码。充值一次，随意点单，离开时点“结账”，没花完的钱原路退回。

    /order · 菜单
    /balance · 钱包及构成
    /topup · 充值
    /checkout · 结账并退款
    /history · 单据
    /find G-12 · 查找单据
    /language · English
help-staff =
    <b>本群</b>
    订单以卡片形式到达。谁先按算谁的，名字会留在卡片上。

    /enter A12 · 为该座顾客录入订单
    /menu · 标记售罄或恢复
    /today · 今日数据
    /staff · 店员、加入链接、角色
    /pause、/resume · 暂停或恢复接单
    /settings · 营业时间、座位与呼叫、无人回应或没有动静时的处理
    /hours · 营业时间
    /code · 顾客要输入的验证码（如已开启）
    /rotate A12 · 为座位换新二维码
    /find G-12 · 查找订单或结账
    /language en · English
    /link 代码 · 设为商家群
    /link 代码 厨房 · 设为档口
help-admin =
    <b>管理员</b>
    /newmerchant 名称
    /merchants
    /linkcode 商家 · 然后在群里 /link 代码，档口用 /link 代码 厨房
    /menu 商家 · 菜单 CSV 文件
    发送照片，说明填商家编号和项目名 · 项目照片
    /staff 商家 · 店员；第一位店主
    发送 CSV 文件，说明填商家编号 · 菜单
    /seats 商家 A1-A20 · 座位和二维码
    /qr 商家 座位 · 单个二维码
    /rotate 商家 座位 · 换新二维码，旧码失效
    /today · 数据
    /reconcile 支付方 2026-05-31 · 对账
    /disputes · 付款争议
    /evidence D-1 · 争议证据文件
    /strays · 没有对应充值单的付款
    /credit S-1 T-12 · 记给该充值单的顾客
    /find T-12 · 任意单据

## refusals

refused-out-of-date = 情况有变，这是最新的。
refused-not-yours = 这是别人的，请用我发给您的按钮。
refused-not-allowed = 这里不能这样用。/help 列出可用命令。
refused-key-reused = 情况有变，这是最新的。
refused-account-unknown = 账簿中没有账户 { $account }。
refused-account-closed = 账户 { $account } 已关闭，不能再有任何变动。
refused-account-not-empty = 账户 { $account } 无法关闭：其中还有余额或冻结的金额。
refused-no-account = 您还没有账户。请扫描座位上的二维码开通。
refused-seat-unknown = 无法识别这个二维码，请向店员索取正确的。
refused-seat-retired = { $label } 座的这个二维码已失效，请向店员索取新的。
refused-no-visit = 您还没有入座，请先扫描座位上的二维码。
refused-merchant-closed = { $merchant } 暂时无法接单，请询问店员。
refused-merchant-paused = { $merchant } 暂停接单片刻，购物车会保留。
refused-amount-unreadable = { $why }
refused-amount-too-small = 最少充值 { $least }。
refused-amount-too-large = 最多充值 { $most }。
refused-top-up-not-payable = 这张账单已不能付款，请重新充值。
refused-top-up-busy = 这张账单正在付款，可能是在另一台设备上。
refused-payment-mismatch = 金额与账单不符，请重新充值。
refused-cart-empty = 购物车是空的。
refused-item-gone = { $name } 目前点不了，请选别的。
refused-few-left = { $name } 目前只有 { $left } 份。
refused-too-many = 一单放不下：同一样最多 { $most } 份，最多 { $most } 样。
refused-note-too-long = 备注太长：{ $found } 字，最多 { $most } 字。请输入短一些的。
refused-short-of-money = 还差 { $short }。
refused-orders-on-the-way = 还有 { $amount } 的订单未送达。
refused-nothing-to-refund = 没有可退的款项。
refused-refund-too-large = 您要退 { $asked }，但只剩 { $left }。
refused-refund-disputed = 这笔钱所来自的付款在银行有争议：在处理完之前只能退 { $left }。
refused-refund-disputed-all = 这笔钱所来自的付款在银行有争议：在处理完之前不能退回。
refused-debt-first = 因争议款项被追回，您欠 { $owed }：先抵扣欠款，没有可退的款项。
refused-no-way-to-pay = 这里目前无法支付 { $currency }，请询问工作人员。
refused-not-bound = 您的账户没有绑定任何付款账户。
refused-wallet-not-empty = 您的钱包里还有 { $left }。请先使用或退款，再解除绑定。
refused-still-under-way = 还有付款或退款在途中，请等它完成后再解除绑定。
refused-needs-another-admin = 这是您提议的，需要另一位管理员确认。
refused-merchant-unknown = 哪个商家？请先写商家编号：/merchants 列出全部。
refused-seat-label-unknown = 这个商家没有座位“{ $label }”。管理员发送 /seats 加商家编号可得到全部座位。
refused-seat-not-named = 哪个座位？请写在商家编号后面，例如 1 A12。
refused-group-not-linked = 本群还不属于任何商家。请输入 /link 和管理员给的代码。
refused-code-refused = 代码错误、已用或过期。管理员可用 /linkcode 获取新的，再在这里输入 /link 和新代码。
refused-group-taken = 本群已属于 { $merchant }。每个商家需要自己的群。
refused-name-taken = 已有名为 { $name } 的商家。
refused-gateway-unknown = 没有支付方“{ $asked }”。已启用：{ $known }
refused-stray-unknown = 没有这笔付款或这位顾客。/strays 列出付款：/credit S-1 T-12
refused-dispute-unknown = 没有这笔争议。/disputes 列出全部：/evidence D-1
refused-day-unreadable = 无法识别日期“{ $found }”。日期写作 2026-05-31。
refused-name-refused = 名称须为 1 至 { $most } 个字：/newmerchant 蓝吧
refused-labels-refused = 无法识别“{ $found }”。座位写法：A1-A20 或 吧台, 靠窗，每个最多 12 个字母或数字，一次最多 200 个。
refused-language-unknown = 哪种语言？请输入 /language en 或 /language zh
refused-file-too-large = 文件太大，菜单最多 { $most_bytes } 字节。菜单保持不变。
refused-photo-too-large = 照片太大：最多 { $most_bytes } 字节，请发送小一些的。
refused-item-unknown = 没有名为“{ $asked }”的项目。请在照片说明中写商家编号和项目名，例如 1 Pils。
refused-not-found = 找不到这个单据。编号形如 G-12：/find G-12
refused-menu = 文件未采用，菜单保持不变：
refused-already-placed = { $number } 尚未接单。
refused-not-of-the-staff = 您不在店员名单上。店主或经理可以给您链接：/staff
refused-role-too-low = 您的角色不能这样做：至少需要{ $least }。
refused-no-staff-yet = 还没有店员名单：群里每个人都能操作。管理员可用 /staff 开始。
refused-invite-refused = 这个链接已用过或已过期，请索取新的。
refused-last-owner = 必须有一位店主。请先将别人设为店主。
refused-already-accepted = { $by } 先处理了：{ $number } 已接单。
refused-already-preparing = { $by } 先处理了：{ $number } 正在准备。
refused-already-ready = { $by } 先处理了：{ $number } 已做好。
refused-already-delivered = { $by } 先处理了：{ $number } 已送达。
refused-already-undeliverable = { $by } 先处理了：{ $number } 未能送达。
refused-already-comped = { $by } 先处理了：{ $number } 由本店请客。
refused-already-returned = { $by } 先处理了：{ $number } 已收回。
refused-already-declined = { $by } 先处理了：{ $number } 已拒单。
refused-already-cancelled = { $number } 已被顾客取消。
refused-already-expired = 太晚了：无人回应，{ $number } 已释放。
refused-not-text = 我只能读文字和按钮。
refused-unexpected-text = 没看懂，请用按钮。
refused-unknown-command = 不认识这个命令。/help 列出可用命令。
refused-broken = 我们这边出了点问题，什么都没有改变。请稍后再试。
payment-set-aside = 您的付款已到账，但我们这边出了问题。请不要再次付款，我们的工作人员已收到通知。
menu-problem-encoding = • 第 { $line } 行：不是 UTF-8，请另存为“CSV UTF-8”。
menu-problem-columns = • 第 { $line } 行：缺少列：{ $found }
menu-problem-column-twice = • 第 { $line } 行：列“{ $found }”重复
menu-problem-quote = • 第 { $line } 行：看不出单元格在哪里结束，引号缺失或多余
menu-problem-cells = • 第 { $line } 行：逗号把单元格拆开了：“{ $found }”。含逗号的单元格请加引号，例如 "3,20"
menu-problem-column-meant = • 第 { $line } 行：不认识这一列，可能是：{ $found }
menu-problem-id = • 第 { $line } 行：“{ $found }”不是编号；新项目请留空
menu-problem-unknown-id = • 第 { $line } 行：菜单中没有编号为 { $found } 的项目
menu-problem-taken = • 第 { $line } 行：“{ $found }”已是另一项的名称
menu-problem-description = • 第 { $line } 行：描述须为一行，最多 300 个字，这里是“{ $found }”
menu-problem-allergens = • 第 { $line } 行：过敏原须为一行，最多 100 个字，这里是“{ $found }”
menu-problem-tax = • 第 { $line } 行：“{ $found }”不是税率，请写 19 或 5.5
menu-problem-age = • 第 { $line } 行：“{ $found }”不是年龄，请写 18
menu-problem-options-form = • 第 { $line } 行：无法读懂选项“{ $found }”，写法如 规格: 小 | 大 +1.50; 加料 (0-2): 冰 | 柠檬
menu-problem-options-bounds = • 第 { $line } 行：“{ $found }”的可选数量有矛盾：至少一项，不多于已有项数，小数在前
menu-problem-options-twice = • 第 { $line } 行：选项“{ $found }”重复
menu-problem-options-price = • 第 { $line } 行：“{ $found }”得不出大于零的价格
menu-problem-options-many = • 第 { $line } 行：每项最多 { $found } 个选项，分 6 组
menu-problem-stock = • 第 { $line } 行：“{ $found }”不是数量，请写 12，不计数则留空
menu-problem-hours-form = • 第 { $line } 行：无法读懂时段“{ $found }”，写法如 Mon-Fri 11:00-14:30; Sat,Sun 22:00-02:00
menu-problem-hours-overlap = • 第 { $line } 行：“{ $found }”与同一项的其他时段重叠
menu-problem-happy-form = • 第 { $line } 行：无法读懂欢乐时光“{ $found }”，写法如 Mon-Thu 17:00-19:00 2.50
menu-problem-happy-overlap = • 第 { $line } 行：“{ $found }”与同一项的另一欢乐时光重叠
menu-problem-happy-price = • 第 { $line } 行：“{ $found }”得不出大于零的价格
menu-problem-hidden = • 第 { $line } 行：hidden 只能填 yes 或留空，这里是“{ $found }”
menu-problem-station = • 第 { $line } 行：档口名最多 20 个字，这里是“{ $found }”
menu-problem-more = • 另有 { $found } 处
menu-problem-name = • 第 { $line } 行：分类和品名各须 1 至 60 个字，这里是“{ $found }”
menu-problem-price = • 第 { $line } 行：“{ $found }”不是价格
menu-problem-repeated = • 第 { $line } 行：“{ $found }”重复
menu-problem-too-long = • 第 { $line } 行：菜单最多 { $found } 项
menu-problem-empty = • 第 { $line } 行：没有任何项目
amount-empty = 没有读到数字。
amount-words = 没有读到数字。
amount-negative = 金额不能为负。
amount-two-numbers = 读到了两个数字。
amount-misplaced-separator = 看不懂其中的点或逗号。
amount-too-many-decimals = 小数位太多。
amount-too-large = 金额太大。
amount-other-currency = 那是别的货币。

## buttons

button-open-account = 开通账户
button-terms = 条款
button-language = 🌐 中文 / English
button-details = ℹ️ 详情
button-photo = 📷 照片
button-add = 加入 · { $price }
button-order = 🍺 点单
button-same-again = 🔁 再来一份
button-top-up = 充值
button-balance = 钱包
button-check-out = 结账
button-help = 帮助
button-back = ‹ 返回
button-earlier = ‹ 上一页
button-later = 下一页 ›
button-other-amount = 其他金额
button-top-up-short = 充值 { $amount } 并下单
button-cart = 🛒 购物车（{ $count }）
button-place = 下单 · { $total }
button-note = ✎ 备注
button-add-more = 再加点
button-cancel-order = 取消订单
button-ask-cancel = 请求取消
button-instead = 换成 { $quantity } × { $item } · { $amount }
button-substitutes = ↔️ 如果售罄…
button-no-substitute = 不换，退款即可
button-leave = 结账
button-leave-refund = 结账，退回 { $amount }
button-leave-keep = 结账，余额留着
button-wait = 再等等
button-pay-now = 现在付款
button-pay-now-refund = 现在付款，退回 { $amount }
button-pay-now-keep = 现在付款，余额留着
button-ask-refund = 退回余额
button-refund = 退回 { $amount }
button-history = 单据
button-accept = 接单
button-decline = 拒单
button-ready = 做好了
button-deliver = 已送达
button-prepare = 准备中
button-by-line = 逐项
button-more = ⋯
button-line = { $quantity } × { $item } ›
button-id-fine = 🪪 证件无误，已送达
button-no-id = 无证件，不交付
button-line-accept = 👍 { $quantity } × { $item }
button-line-ready = 🔔 { $quantity } × { $item }
button-line-deliver = ✅ { $quantity } × { $item }
button-promise = ⏱ { $minutes } 分钟
button-miss = 座位上没有人
button-give-up = 未能送达
button-let-go = 取消
button-keep = 来不及了，继续
button-comp = 本店请客…
button-return = 收回…
button-invite = 链接：{ $role }
button-join = 加入
button-end-member = 移出名单
button-pause = ⏸ 暂停接单
button-resume = ▶️ 恢复接单
button-rescue-retry = 重新发送
button-return-stray = 原路退回
button-credit-payer = 提议记给付款人
button-confirm-stray = 确认入账
button-rescue-ask = 再次查询
button-rescue-to-wallet = 退回钱包
button-evidence = 生成证据文件
button-rescue-reroute = 提议人工支付
button-confirm-reroute = 确认人工支付
button-have-paid = 我已付款
button-another-way = 换一种方式支付
button-pay-at = 支付 { $amount }
button-bind = 绑定银行卡或账户
button-unbind = 解除绑定
button-bind-at = 打开{ $gateway }

## commands

command-customer-order = 菜单
command-customer-balance = 钱包及构成
command-customer-topup = 充值
command-customer-checkout = 结账并退款
command-customer-history = 单据
command-customer-find = 按编号查找单据
command-customer-language = 中文 / English
command-customer-help = 使用方法
command-staff-link = 设为商家群
command-staff-menu = 标记售罄或恢复
command-staff-today = 今日数据
command-staff-staff = 店员
command-staff-pause = 暂停接单
command-staff-resume = 恢复接单
command-staff-settings = 设置
command-staff-hours = 营业时间
command-staff-find = 按编号查找订单或结账
command-staff-language = en 或 zh
command-staff-help = 店员帮助
command-admin-newmerchant = 新建商家
command-admin-merchants = 全部商家
command-admin-linkcode = 群链接代码
command-admin-menu = 商家的菜单文件
command-admin-staff = 商家的店员
command-admin-seats = 新建座位，获取二维码
command-admin-qr = 单个座位的二维码
command-admin-rotate = 更换座位二维码
command-admin-today = 今日数据
command-admin-reconcile = 与支付方对账
command-admin-disputes = 付款争议
command-admin-evidence = 争议证据文件
command-admin-strays = 没有对应充值单的付款
command-admin-credit = 将其记入顾客的钱包
