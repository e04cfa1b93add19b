"""An account is bound to one payment account, and freed only when it is empty."""

from __future__ import annotations

import pytest

from core.binding import (
    AskBinding,
    BindingAsk,
    BindingChanged,
    BindingState,
    FinishBinding,
    HearBinding,
    Unbind,
    begin_binding,
    finish_binding,
    hear_binding,
    unbind,
)
from core.charge import Charge, ChargeState, HearOfCharge, hear_of_charge
from core.errors import NotBound, StillUnderWay, WalletNotEmpty
from core.gateway import Action, ActionKind, Opened, Outcome, Payer, Verdict
from core.lot import Lot
from core.open_account import Bind, Binding, Customer, bind, is_other
from core.refund import RefundPart
from core.top_up import ExpireTopUp, KnowPayer, PayerKnown, SentBack, expire_top_up, know_payer
from tests.conftest import START
from tests.core.evening import ANN, ZED, Evening

VISA, OTHER = Payer("fp_1", "Visa ·· 4242", "pm_1"), Payer("fp_2", "Visa ·· 1111")


async def ann(evening: Evening) -> Customer:
    return await evening.get(Customer, ANN)


async def free(evening: Evening) -> int:
    return await evening.once(unbind, Unbind(ANN, ("EUR",)))


async def hear(evening: Evening, number: int, verdict: Verdict, action: Action) -> BindingAsk:
    """What came of asking for a page."""
    asked = await evening.get(BindingAsk, number)
    await evening.once(hear_binding, HearBinding.of(asked, Opened(Outcome(verdict), action)))
    return await evening.get(BindingAsk, number)


async def know(evening: Evening, lot: int, payer: Payer, *, sends_back: bool = False) -> None:
    await evening.once(know_payer, KnowPayer(lot, payer, sends_back))


async def test_an_account_is_bound_on_the_page_of_a_gateway_before_it_pays(evening: Evening) -> None:
    await evening.sit_down(ZED)
    _, number = [await evening.once(begin_binding, AskBinding(each, "stripe")) for each in (ZED, ANN)]
    asked = await evening.get(BindingAsk, number)
    assert asked == BindingAsk(number, ANN, "stripe", asked.key, BindingState.OPENING, "", START)
    opened = await hear(evening, number, Verdict.PENDING, Action(ActionKind.LINK, "https://stripe.example/1"))
    assert (opened.state, opened.target) == (BindingState.OPEN, "https://stripe.example/1")
    assert await evening.once(finish_binding, FinishBinding("wechat", asked.key, VISA)) == 0
    for _ in range(2):
        assert await evening.once(finish_binding, FinishBinding("stripe", asked.key, VISA)) == ANN
    assert [each.state for each in await evening.find(BindingAsk)] == [
        BindingState.OPENING, BindingState.BOUND,
    ]  # fmt: skip
    assert evening.heard(BindingChanged) == [BindingChanged(number)] * 2
    bound = await ann(evening)
    assert (bound.binding, bound.bound_to, bound.gateway) == (Binding.BOUND, "Visa ·· 4242", "stripe")
    assert (bound.payer_id, bound.method) == ("fp_1", "pm_1")


async def test_a_page_that_is_refused_leaves_the_account_as_it_was(evening: Evening) -> None:
    number = await evening.once(begin_binding, AskBinding(ANN, "stripe"))
    refused = await hear(evening, number, Verdict.REFUSED, Action(ActionKind.NONE))
    assert refused.state is BindingState.REFUSED
    assert not (await ann(evening)).bound_to


async def test_a_payment_of_another_payer_is_noted_or_sent_back_whole(evening: Evening) -> None:
    await evening.top_up(1000, 500, 300)
    await know(evening, 1, VISA, sends_back=True)
    await know(evening, 2, OTHER)
    assert await evening.purse() == (1800, 1800)
    await know(evening, 3, OTHER, sends_back=True)
    (part,) = await evening.find(RefundPart)
    assert (part.lot_id, part.amount.minor) == (3, 300)
    assert evening.heard(SentBack) == [SentBack(3, part.refund_id)]
    assert evening.heard(PayerKnown) == [PayerKnown(1), PayerKnown(2)]
    assert await evening.purse() == (1500, 1500)
    assert [lot.payer for lot in await evening.find(Lot)] == [VISA.label, OTHER.label, OTHER.label]
    assert (await ann(evening)).bound_to == VISA.label


async def test_the_same_payer_is_known_by_its_identity_and_not_by_its_label(evening: Evening) -> None:
    await evening.top_up(1000, 500)
    await know(evening, 1, VISA, sends_back=True)
    await know(evening, 2, Payer("fp_1", "Visa ·· 4242 (new)", "pm_2"), sends_back=True)
    assert await evening.find(RefundPart) == []
    assert (await ann(evening)).method == "pm_2"


async def test_an_account_that_was_bound_before_identities_were_told_is_known_by_its_label(
    evening: Evening,
) -> None:
    await evening.once(bind, Bind(ANN, "stripe", Payer("", VISA.label)))
    assert not is_other(await ann(evening), VISA)
    assert is_other(await ann(evening), OTHER)


async def test_what_can_be_charged_stays_at_the_gateway_that_named_it(evening: Evening) -> None:
    async def pays(gateway: str, method: str) -> tuple[str, str]:
        await evening.once(bind, Bind(ANN, gateway, Payer("fp_1", VISA.label, method)))
        bound = await ann(evening)
        return bound.gateway, bound.method

    assert await pays("stars", "") == ("stars", "")
    assert await pays("stripe", "pm_1") == ("stripe", "pm_1")
    assert await pays("stars", "") == ("stripe", "pm_1")
    assert await pays("other", "pm_2") == ("other", "pm_2")


async def test_only_an_empty_account_with_nothing_under_way_is_freed(evening: Evening) -> None:
    with pytest.raises(NotBound):
        await free(evening)
    await evening.top_up(1000)
    await know(evening, 1, VISA)
    with pytest.raises(WalletNotEmpty):
        await free(evening)
    await evening.refund()
    with pytest.raises(StillUnderWay):
        await free(evening)
    await evening.hear(1, Verdict.DONE)
    order = await evening.invoice(500)
    await evening.sit_down(ZED)
    await evening.invoice(500, ZED)
    with pytest.raises(StillUnderWay):
        await free(evening)
    (charge,) = await evening.find(Charge, top_up_id=order.id)
    await evening.once(hear_of_charge, HearOfCharge(charge.id, charge.asked, True, 0))
    assert (await evening.get(Charge, charge.id)).state is ChargeState.ENDED
    await free(evening)
    freed = await ann(evening)
    assert (freed.binding, freed.bound_to, freed.payer_id, freed.method) == (Binding.PENDING, "", "", "")


async def test_a_charge_whose_time_is_over_keeps_no_account(evening: Evening) -> None:
    await evening.top_up(1000)
    await know(evening, 1, VISA)
    await evening.refund()
    await evening.hear(1, Verdict.DONE)
    order = await evening.invoice(500)
    await evening.once(expire_top_up, ExpireTopUp(order.id))
    await free(evening)
