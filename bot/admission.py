"""What a customer sees who has to show first that they sit where they scanned."""

from __future__ import annotations

from bot.buttons import GoHome, TypeCode
from bot.desk import Desk
from bot.pages import Key, Look, Page
from core.presence import Admission, AdmissionState, Proof, missing_proof
from core.visit import Visit

CODE = "code"
"""What a typed text is taken for while a customer is asked for the code of the moment."""


async def missing_here(desk: Desk, visit: Visit | None) -> Admission | None:
    """Return what the person lacks before they can order where they sit."""
    return await missing_proof(desk.books, visit.id, visit.merchant_id) if visit else None


def missing_row(desk: Desk, missing: Admission) -> str:
    """Return what is to be done before one can order."""
    return desk.locale.say(missing_word(missing.wants(desk.books.now), missing.state))


def missing_word(proof: str, state: str) -> str:
    """Return the catalogue's word for what is missing."""
    return f"admission-{state if state == AdmissionState.TURNED_AWAY else proof}"


def type_code_key(desk: Desk, missing: Admission | None) -> Key | None:
    """Return the button that asks for the code, where one is wanted and can be tried."""
    if missing is None or not _takes_code(desk, missing):
        return None
    return Key(desk.locale.plain("button-type-code"), TypeCode(), look=Look.PRIMARY)


async def expect_code(desk: Desk) -> None:
    """Take the next text for the code, where the person is to type one."""
    visit = await desk.visit()
    missing = await missing_here(desk, visit)
    if visit and missing and _takes_code(desk, missing):
        await desk.expect(f"{CODE}:{visit.id}")


async def type_code_page(desk: Desk, notice: str = "") -> Page:
    """Return the question for the code of the moment; the next text is taken for it."""
    await expect_code(desk)
    text = notice or desk.locale.say("admission-code")
    return Page(text, [[Key(desk.locale.plain("button-back"), GoHome())]])


def _takes_code(desk: Desk, missing: Admission) -> bool:
    waits = missing.state is AdmissionState.WAITING
    return waits and missing.wants(desk.books.now) is Proof.CODE
