"""Reading what a provider of China answers: objects that may have any shape, and what follows from them."""

from __future__ import annotations

from typing import Any

from core.gateway import Action, ActionKind, Fact, FactKind, Opened, Outcome, Verdict

Told = dict[str, Any]

ODD = (KeyError, TypeError, ValueError, AttributeError, OverflowError)
"""What an answer of another shape than expected makes of us."""


def text_in(told: Told, name: str) -> str:
    """Return a text that has to be there, or raise one of ODD."""
    text = told[name]
    if not isinstance(text, str) or not text:
        raise ValueError(name)
    return text


def not_opened(outcome: Outcome) -> Opened:
    """Return that there is nothing for the customer to do."""
    return Opened(outcome, Action(ActionKind.NONE))


BINDS_BY_PAYMENT = not_opened(Outcome(Verdict.REFUSED, reason="binds_by_payment"))
"""There is no call to bind with: the first payment does, for it tells who paid."""


def why_not_closed(found: Fact | Outcome, refused: Outcome) -> Outcome:
    """Return what became of closing a charge that was *refused*, by what the charge itself says."""
    match found:
        case Fact(kind=FactKind.CHARGE_ENDED):
            return Outcome(Verdict.DONE)
        case Outcome(verdict=Verdict.REFUSED) as unknown_key:
            return unknown_key
        case _:
            return refused
