"""The provider's own pages: where people pay a link or a QR code, or name a card to be charged later."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.sandbox.errors import NotPossible, NotThere, ProviderError
from bot.sandbox.world import card_of

if TYPE_CHECKING:
    from bot.sandbox.notices import Notices
    from bot.sandbox.provider import Provider
    from bot.sandbox.world import Json, World


@dataclass(slots=True)
class Pages:
    """Pages by id: of kind "charge" to be paid, or "binding" to name a card on."""

    world: World
    provider: Provider
    notices: Notices
    known: dict[str, Json] = field(default_factory=dict)

    def load(self) -> None:
        """Take up what the file remembers."""
        self.known = dict(self.world.file.all("page"))

    def open_charge(self, key: str, asked: Json) -> Json:
        """Make a page to pay on, once per key; a card that is on file is charged at once."""
        known = self.by_key(key)
        if known is not None:
            if (known["amount"], known["currency"]) != (asked["amount"], asked["currency"]):
                raise ProviderError(
                    409, "idempotency_key_reused", "this key came with another request before"
                )
            return known
        page = self._make("charge", key, asked["notify_url"])
        page |= {name: asked[name] for name in ("amount", "currency", "how", "title", "expires")}
        self._save(page)
        if method := asked.get("method"):
            card = self._on_file(method)
            if card is None:
                self._end(page, "closed")
                raise ProviderError(402, "card_declined", "this card is not on file")
            self._charge(page, card)
        return page

    def open_binding(self, key: str, notify_url: str) -> Json:
        """Make a page to name a card on, once per key."""
        page = self.by_key(key)
        if page is None:
            page = self._make("binding", key, notify_url)
            self._save(page)
        return page

    def by_key(self, key: str) -> Json | None:
        """Return the page that was asked for under *key*, its end noted if its time is over."""
        page = next((each for each in self.known.values() if each["key"] == key), None)
        if (
            page
            and page["status"] == "open"
            and page.get("expires", self.world.now() + 1) <= self.world.now()
        ):
            self._end(page, "closed")
        return page

    def close(self, key: str) -> Json:
        """End a page so that nobody can pay on it."""
        page = self.by_key(key)
        if page is None:
            raise ProviderError(404, "charge_not_found", "nothing came under this key")
        if page["status"] == "paid":
            raise ProviderError(409, "charge_paid", "this charge is paid")
        self._end(page, "closed")
        return page

    def use(
        self, page_id: str, person_id: int, *, declined: bool = False, amount_minor: int | None = None
    ) -> Json:
        """Let somebody pay on a page, or name their card."""
        page = self.known.get(page_id)
        if page is None:
            raise NotThere(f"no page {page_id}")
        self.by_key(page["key"])
        if page["status"] != "open":
            raise NotPossible(f"page {page_id} is {page['status']}")
        if declined:
            return page
        card = card_of(person_id)
        self.world.file.put("card_on_file", card["fingerprint"], card)
        if page["kind"] == "binding":
            page["card"] = card
            self._end(page, "bound")
        else:
            self._charge(page, card, amount_minor)
        return page

    def tell(self, kind: str, data: Json) -> None:
        """Tell of a refund or a dispute where the page of its charge said that news shall go."""
        charge = self.provider.charges[data["charge"]]
        page = self.known.get(charge["reference"])
        if page is not None:
            self.notices.tell(page["notify_url"], kind, {**data, "of": charge})

    def _charge(self, page: Json, card: Json, amount_minor: int | None = None) -> None:
        amount = page["amount"] if amount_minor is None else amount_minor
        charge = self.provider.charge(amount, page["currency"], card, page["key"], page["id"])
        page["charge"] = charge["id"]
        self._end(page, "paid")

    def _on_file(self, fingerprint: str) -> Json | None:
        return dict(self.world.file.all("card_on_file")).get(fingerprint)

    def _make(self, kind: str, key: str, notify_url: str) -> Json:
        return {
            "id": f"pp_{secrets.token_hex(10)}",
            "kind": kind,
            "key": key,
            "status": "open",
            "notify_url": notify_url,
            "charge": None,
            "created": int(self.world.now()),
        }

    def _end(self, page: Json, status: str) -> None:
        if page["status"] == status:
            return
        page["status"] = status
        self._save(page)
        told = {**page, "charge": self.provider.charges.get(page["charge"])}
        self.notices.tell(page["notify_url"], f"{page['kind']}.{status}", told)

    def _save(self, page: Json) -> None:
        self.known[page["id"]] = page
        self.world.file.put("page", page["id"], page)
        self.world.events.add("page", page=dict(page))
