"""Every refusal has a sentence in every language."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.locales import LANGUAGES, Locale
from bot.refusals import sentence
from core import errors
from core.call import CallState
from core.errors import (
    AlreadyServed,
    AmountUnreadable,
    CallAnswered,
    Change,
    HoursRefused,
    MenuChanged,
    MenuRefused,
    NotAdmitted,
    Problem,
    Refusal,
    RoleTooLow,
    SeatAnswered,
)
from core.money import Money
from core.order_goods import LineState
from core.presence import AdmissionState, Proof
from core.staff import Role

EUR = Money(320, "EUR")
SAMPLES = {"str": "what", "int": 7, "Money": EUR, "datetime": datetime(2026, 5, 1, tzinfo=UTC)}
KINDS = [
    each
    for each in vars(errors).values()
    if isinstance(each, type) and issubclass(each, Refusal) and each is not Refusal
]


SAID = ("encoding", "columns", "name", "price", "repeated", "too-long", "empty")
PARTICULAR: dict[type[Refusal], Refusal] = {
    MenuChanged: MenuChanged((Change("Tea", EUR, None), Change("Pie", EUR, EUR))),
    MenuRefused: MenuRefused(tuple(Problem(2, why, "<b>") for why in SAID)),
    AmountUnreadable: AmountUnreadable("two_numbers", EUR),
    AlreadyServed: AlreadyServed(7, LineState.ACCEPTED, "Bea"),
    CallAnswered: CallAnswered(7, CallState.TAKEN, "Bea"),
    NotAdmitted: NotAdmitted(Proof.CODE, AdmissionState.WAITING),
    SeatAnswered: SeatAnswered(7, AdmissionState.ADMITTED, "Bea"),
    HoursRefused: HoursRefused("form", "<b>"),
    RoleTooLow: RoleTooLow(Role.OWNER),
}


def a_refusal(kind: type[Refusal]) -> Refusal:
    if kind in PARTICULAR:
        return PARTICULAR[kind]
    fields = kind.__dataclass_fields__
    return kind(**{name: SAMPLES[str(field.type)] for name, field in fields.items()})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_refusal_is_said(kind: type[Refusal], language: str) -> None:
    assert sentence(Locale.of(language), a_refusal(kind))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", LineState)
def test_whoever_comes_second_is_told_how_the_order_stands(state: LineState, language: str) -> None:
    assert "G-7" in sentence(Locale.of(language), AlreadyServed(7, state, "Bea"))


def test_what_a_person_typed_is_never_markup() -> None:
    assert "&lt;b&gt;" in sentence(Locale.of("en"), errors.SeatLabelUnknown("<b>"))
