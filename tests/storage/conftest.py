"""An evening with something of everything in its books."""

from __future__ import annotations

import pytest

from core.ports import Verdict
from core.serve import Action
from core.top_up import TopUp
from storage.sqlite import Writer
from tests.core.evening import ANN, ZED, Evening, eur


@pytest.fixture
async def evening(store: Writer) -> Evening:
    """Ann has spent and gets two lots' rest back, one part done and one parked; Zed's order is open.

    A stray payment waits.
    """
    evening = Evening(store)
    await evening.open_the_bar()
    await evening.sit_down(ANN)
    await evening.top_up(1000, 500)
    await evening.deliver(2)
    declined = await evening.order(1, "Nuts")
    await evening.serve(declined, Action.ACCEPT)
    await evening.check_out(pay_coming=True, refund_rest=True)
    await evening.hear(1, Verdict.DONE)
    await evening.hear(2, Verdict.REFUSED, "window")
    await evening.sit_down(ZED, "A13")
    await evening.top_up(2000, customer=ZED)
    await evening.order(2, "Nuts", customer=ZED)
    cancelled = await evening.order(1, "Pils", customer=ZED)
    await evening.cancel(cancelled, ZED)
    await evening.pay((await evening.find(TopUp))[0], "odd", amount=eur(123))
    return evening
