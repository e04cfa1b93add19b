"""Checks the buttons that a bot wants under a message."""

from __future__ import annotations

import re
from typing import Any

from bot.sandbox.errors import bad_request
from bot.sandbox.markup import utf16_length

Button = dict[str, Any]

_ACTIONS = ("callback_data", "url", "copy_text", "pay", "web_app", "switch_inline_query_current_chat")
_KNOWN_INLINE = {*_ACTIONS, "text", "style", "icon_custom_emoji_id"}
_KNOWN_REPLY = {"text", "style", "request_contact", "request_location"}
_KNOWN_KEYBOARD = {
    "keyboard",
    "is_persistent",
    "resize_keyboard",
    "one_time_keyboard",
    "input_field_placeholder",
    "selective",
}
_STYLES = ("primary", "success", "danger")
_LINK = re.compile(r"(https?|tg|tonsite)://\S+")
_MOST_BUTTONS = 100
_MOST_IN_A_ROW = 8


def checked_markup(markup: Any, *, invoice: bool = False) -> dict[str, Any] | None:
    """Return reply_markup as given, or refuse what Telegram would not show."""
    if markup is None or markup == {}:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in markup:
        _check_inline(markup, invoice)
    elif "keyboard" in markup:
        _check_reply(markup)
    elif not (markup.get("remove_keyboard") is True or markup.get("force_reply") is True):
        raise bad_request("can't parse reply keyboard markup JSON object")
    return markup


def checked_inline(markup: Any, *, invoice: bool = False) -> dict[str, Any] | None:
    """Return an inline keyboard: the only markup that an edit takes; one without buttons is none."""
    checked = checked_markup(markup, invoice=invoice)
    if checked is not None and "inline_keyboard" not in checked:
        raise bad_request("inline keyboard expected")
    return checked if checked and any(checked["inline_keyboard"]) else None


def buttons(markup: dict[str, Any] | None) -> list[Button]:
    """Return the buttons of an inline or reply keyboard, row after row."""
    rows = (markup or {}).get("inline_keyboard") or (markup or {}).get("keyboard") or []
    return [{"text": each} if isinstance(each, str) else each for row in rows for each in row]


def _check_inline(markup: dict[str, Any], invoice: bool) -> None:
    if markup.keys() != {"inline_keyboard"}:
        raise bad_request(f"SANDBOX: unknown fields beside inline_keyboard: {sorted(markup)}")
    rows = _rows(markup["inline_keyboard"], "inline_keyboard")
    for number, button in enumerate(button for row in rows for button in row):
        _check_button(button)
        if button.get("pay") and not (invoice and number == 0):
            raise bad_request("BUTTON_TYPE_INVALID")
    if invoice and any(rows) and not rows[0][0].get("pay"):
        raise bad_request("REPLY_MARKUP_BUY_EMPTY")


def _rows(rows: Any, name: str) -> list[list[Button]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(f'Field "{name}" must be an Array of Arrays')
    if sum(len(row) for row in rows) > _MOST_BUTTONS:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    if any(len(row) > _MOST_IN_A_ROW for row in rows):
        raise bad_request(f"SANDBOX: more than {_MOST_IN_A_ROW} buttons in a row")
    return rows


def _check_button(button: Any) -> None:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    if not isinstance(button.get("text"), str) or not button["text"].strip():
        raise bad_request('can\'t parse inline keyboard button: Field "text" must be a non-empty String')
    actions = [name for name in _ACTIONS if button.get(name) is not None]
    if not actions:
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    if len(actions) > 1:
        raise bad_request(
            "can't parse inline keyboard button: exactly one of the optional fields must be used"
        )
    if unknown := button.keys() - _KNOWN_INLINE:
        raise bad_request(f"SANDBOX: unknown button fields {sorted(unknown)}")
    _check_style(button)
    _check_action(button, actions[0])


def _check_style(button: Button) -> None:
    if button.get("style") is not None and button["style"] not in _STYLES:
        raise bad_request("can't parse inline keyboard button: invalid button style specified")


def _check_action(button: Button, action: str) -> None:
    value = button[action]
    match action:
        case "callback_data":
            if not isinstance(value, str) or not 1 <= len(value.encode()) <= 64:
                raise bad_request("BUTTON_DATA_INVALID")
        case "url":
            if not isinstance(value, str) or not _LINK.fullmatch(value):
                raise bad_request("BUTTON_URL_INVALID")
        case "copy_text":
            if not isinstance(value, dict) or not 1 <= utf16_length(str(value.get("text", ""))) <= 256:
                raise bad_request("BUTTON_COPY_TEXT_INVALID")


def _check_reply(markup: dict[str, Any]) -> None:
    if unknown := markup.keys() - _KNOWN_KEYBOARD:
        raise bad_request(f"SANDBOX: unknown keyboard fields {sorted(unknown)}")
    rows = _rows(markup["keyboard"], "keyboard")
    for button in buttons({"keyboard": rows}):
        if not isinstance(button, dict) or not str(button.get("text", "")).strip():
            raise bad_request("can't parse keyboard button: KeyboardButton text must be non-empty")
        if unknown := button.keys() - _KNOWN_REPLY:
            raise bad_request(f"SANDBOX: unknown button fields {sorted(unknown)}")
        _check_style(button)
