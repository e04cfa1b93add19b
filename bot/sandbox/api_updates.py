"""Bot API methods that fetch updates or say where to send them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.sandbox.errors import bad_request
from bot.sandbox.updates import Webhook, checked_kinds

if TYPE_CHECKING:
    from bot.sandbox.parts import Parts
    from bot.sandbox.wire import Call
    from bot.sandbox.world import Json

_MOST_UPDATES = 100
_LONGEST_POLL_SECONDS = 50
_SECRET = re.compile(r"[A-Za-z0-9_-]*")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


async def get_updates(parts: Parts, call: Call) -> list[Any]:
    """Confirm and fetch updates."""
    limit = min(max(call.integer("limit", _MOST_UPDATES), 1), _MOST_UPDATES)
    timeout_seconds = min(max(call.integer("timeout", 0), 0), _LONGEST_POLL_SECONDS)
    parts.updates.allow(checked_kinds(call.json("allowed_updates")))
    if parts.closing.is_set():
        timeout_seconds = 0
    return await parts.updates.poll(call.integer("offset", 0), limit, timeout_seconds)


def set_webhook(parts: Parts, call: Call) -> bool:
    """Have updates sent to an address; an empty one ends that."""
    url, secret_token = call.text("url"), call.text("secret_token")
    if url:
        _check_webhook(url, secret_token)
    parts.updates.allow(checked_kinds(call.json("allowed_updates")))
    most = min(max(call.integer("max_connections", 40), 1), 100)
    _use(parts, call, Webhook(url, secret_token, most))
    return True


def delete_webhook(parts: Parts, call: Call) -> bool:
    """Go back to getUpdates."""
    _use(parts, call, Webhook())
    return True


def get_webhook_info(parts: Parts, call: Call) -> Json:
    """Return where updates are sent, and how that goes."""
    webhook = parts.updates.webhook
    parts.updates.drop_expired()
    info: Json = {
        "url": webhook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(parts.updates.waiting),
    }
    if webhook.url:
        info["max_connections"] = webhook.max_connections
    if webhook.last_error_date:
        info |= {"last_error_date": webhook.last_error_date, "last_error_message": webhook.last_error_message}
    if parts.updates.allowed:
        info["allowed_updates"] = parts.updates.allowed
    return info


def _check_webhook(url: str, secret_token: str) -> None:
    address = urlsplit(url)
    if not address.hostname:
        raise bad_request("invalid webhook URL specified")
    if address.scheme != "https" and address.hostname not in _LOOPBACK:
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if len(secret_token) > 256:
        raise bad_request("secret token is too long")
    if not _SECRET.fullmatch(secret_token):
        raise bad_request("secret token contains unallowed characters")


def _use(parts: Parts, call: Call, webhook: Webhook) -> None:
    if call.boolean("drop_pending_updates"):
        parts.updates.drop_all()
    if webhook.url:
        parts.updates.end_poll("terminated by setWebhook request")
    parts.updates.webhook = webhook
    parts.updates.save_webhook()
    parts.webhook_changed()
