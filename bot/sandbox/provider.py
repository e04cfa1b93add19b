"""The payment provider's books: charges, refunds, disputes, and the movements between them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.sandbox.errors import NotPossible, ProviderError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.sandbox.world import Json, World


@dataclass(slots=True)
class Provider:
    """A card processor: charges by id, refunds by id and by the caller's key."""

    world: World
    charges: dict[str, Json] = field(default_factory=dict)
    refunds: dict[str, Json] = field(default_factory=dict)
    disputes: dict[str, Json] = field(default_factory=dict)
    movements: list[Json] = field(default_factory=list)
    tell: Callable[[str, Json], None] = lambda kind, data: None
    """Called when a refund ends, and when a dispute begins or ends."""

    def load(self) -> None:
        """Take up what the file remembers."""
        self.charges = dict(self.world.file.all("charge"))
        self.refunds = dict(self.world.file.all("refund"))
        self.disputes = dict(self.world.file.all("dispute"))
        self.movements = sorted(
            (body for _, body in self.world.file.all("movement")), key=lambda each: each["seq"]
        )

    def charge(self, amount_minor: int, currency: str, card: Json, payload: str, reference: str) -> Json:
        """Take money from a card."""
        charge: Json = {
            "id": f"ch_{secrets.token_hex(10)}",
            "amount": amount_minor,
            "currency": currency,
            "status": "succeeded",
            "refunded": 0,
            "reference": reference,
            "payload": payload,
            "card": card,
            "created": int(self.world.now()),
        }
        self.charges[charge["id"]] = charge
        self._save("charge", charge)
        self._move("charge", amount_minor, charge)
        return charge

    def refund(
        self, key: str, charge_id: str, amount_minor: int, status: str = "succeeded", code: str = ""
    ) -> Json:
        """Give back part of a charge, once per key."""
        known = self.find_refund(key)
        if known is not None:
            return _same(known, charge_id, amount_minor)
        charge = self.the_charge(charge_id)
        if amount_minor > charge["amount"] - charge["refunded"]:
            raise ProviderError(400, "refund_exceeds_charge", "the charge has less left than asked")
        refund: Json = {
            "id": f"re_{secrets.token_hex(10)}",
            "key": key,
            "charge": charge_id,
            "amount": amount_minor,
            "currency": charge["currency"],
            "status": "pending",
            "failure_code": None,
            "created": int(self.world.now()),
        }
        self._take(charge, amount_minor)
        self.refunds[refund["id"]] = refund
        self._move("refund", -amount_minor, charge, refund["id"])
        self._end(refund, status, code)
        return refund

    def settle(self, refund_id: str, status: str, code: str = "") -> Json:
        """End a pending refund."""
        refund = self.refunds.get(refund_id)
        if refund is None or refund["status"] != "pending":
            raise NotPossible(f"refund {refund_id} is not pending")
        self._end(refund, status, code)
        return refund

    def the_charge(self, charge_id: str) -> Json:
        """Return a charge, or refuse."""
        if charge_id not in self.charges:
            raise ProviderError(404, "charge_not_found", f"no charge {charge_id}")
        return self.charges[charge_id]

    def find_refund(self, name: str) -> Json | None:
        """Return a refund by its id or its key."""
        by_key = (refund for refund in self.refunds.values() if refund["key"] == name)
        return self.refunds.get(name) or next(by_key, None)

    def dispute(self, charge_id: str, amount_minor: int | None = None) -> Json:
        """A cardholder takes a payment back through their bank."""
        charge = self.the_charge(charge_id)
        amount = charge["amount"] - charge["refunded"] if amount_minor is None else amount_minor
        dispute: Json = {
            "id": f"dp_{secrets.token_hex(8)}",
            "charge": charge_id,
            "amount": amount,
            "status": "open",
        }
        self.disputes[dispute["id"]] = dispute
        self._save("dispute", dispute)
        self._move("dispute", -amount, charge)
        self.tell("dispute.open", {**dispute, "currency": charge["currency"]})
        return dispute

    def close_dispute(self, dispute_id: str, won: bool) -> Json:
        """The bank decides; what the merchant wins comes back."""
        dispute = self.disputes.get(dispute_id)
        if dispute is None or dispute["status"] != "open":
            raise NotPossible(f"dispute {dispute_id} is not open")
        dispute["status"] = "won" if won else "lost"
        self._save("dispute", dispute)
        charge = self.charges[dispute["charge"]]
        if won:
            self._move("dispute_won", dispute["amount"], charge)
        self.tell(f"dispute.{dispute['status']}", {**dispute, "currency": charge["currency"]})
        return dispute

    def _end(self, refund: Json, status: str, code: str) -> None:
        refund["status"] = status
        if status == "failed":
            charge = self.charges[refund["charge"]]
            refund["failure_code"] = code or "expired_or_canceled_card"
            self._take(charge, -refund["amount"])
            self._move("refund_failed", refund["amount"], charge, refund["id"])
        self._save("refund", refund)
        if status != "pending":
            self.tell(f"refund.{status}", refund)

    def _take(self, charge: Json, amount_minor: int) -> None:
        charge["refunded"] += amount_minor
        self._save("charge", charge)

    def _save(self, kind: str, body: Json) -> None:
        self.world.file.put(kind, body["id"], body)
        self.world.events.add(kind, **{kind: dict(body)})

    def _move(self, kind: str, amount_minor: int, charge: Json, refund_id: str | None = None) -> None:
        movement = {
            "seq": len(self.movements) + 1,
            "kind": kind,
            "amount": amount_minor,
            "currency": charge["currency"],
            "charge": charge["id"],
            "refund": refund_id,
            "key": self.refunds[refund_id]["key"] if refund_id else charge["payload"],
            "created": int(self.world.now()),
        }
        self.movements.append(movement)
        self.world.file.put("movement", movement["seq"], movement)


def _same(known: Json, charge_id: str, amount_minor: int) -> Json:
    if (known["charge"], known["amount"]) != (charge_id, amount_minor):
        raise ProviderError(409, "idempotency_key_reused", "this key came with another request before")
    return known
