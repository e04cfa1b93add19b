"""The Bot API: finds the method, checks what was given, meets faults and flood limits, answers."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.sandbox import api_chats, api_files, api_messages, api_payments, api_updates
from bot.sandbox.errors import REASONS, Refused, bad_request, too_many_requests
from bot.sandbox.wire import Call, read_call

if TYPE_CHECKING:
    from bot.sandbox.faults import Fault
    from bot.sandbox.parts import Parts
    from bot.sandbox.world import Json

_SEND = (
    "chat_id message_thread_id business_connection_id direct_messages_topic_id "
    "disable_notification protect_content allow_paid_broadcast message_effect_id "
    "suggested_post_parameters reply_parameters reply_markup"
)
_INVOICE = (
    "title description payload provider_token currency prices max_tip_amount suggested_tip_amounts "
    "start_parameter provider_data photo_url photo_size photo_width photo_height "
    "need_name need_phone_number need_email need_shipping_address "
    "send_phone_number_to_provider send_email_to_provider is_flexible"
)
_EDIT = "business_connection_id chat_id message_id inline_message_id reply_markup"
_WEBHOOK = "url certificate ip_address max_connections allowed_updates drop_pending_updates secret_token"


@dataclass(frozen=True, slots=True)
class Method:
    """One method: what carries it out, the parameters it knows, whether it counts for the flood limits."""

    name: str
    run: Callable[[Parts, Call], Any]
    parameters: frozenset[str]
    counts: bool = False


def _method(
    name: str, run: Callable[[Parts, Call], Any], parameters: str = "", *, counts: bool = False
) -> Method:
    return Method(name, run, frozenset(parameters.split()), counts)


METHODS = {
    method.name.lower(): method
    for method in (
        _method("getMe", api_chats.get_me),
        _method("getUpdates", api_updates.get_updates, "offset limit timeout allowed_updates"),
        _method("setWebhook", api_updates.set_webhook, _WEBHOOK),
        _method("deleteWebhook", api_updates.delete_webhook, "drop_pending_updates"),
        _method("getWebhookInfo", api_updates.get_webhook_info),
        _method(
            "sendMessage",
            api_messages.send_message,
            f"{_SEND} text parse_mode entities link_preview_options",
            counts=True,
        ),
        _method(
            "sendDocument",
            api_files.send_document,
            f"{_SEND} document thumbnail caption parse_mode caption_entities disable_content_type_detection",
            counts=True,
        ),
        _method(
            "sendPhoto",
            api_files.send_photo,
            f"{_SEND} photo caption parse_mode caption_entities show_caption_above_media has_spoiler",
            counts=True,
        ),
        _method("sendInvoice", api_payments.send_invoice, f"{_SEND} {_INVOICE}", counts=True),
        _method(
            "editMessageText",
            api_messages.edit_message_text,
            f"{_EDIT} text parse_mode entities link_preview_options",
            counts=True,
        ),
        _method(
            "editMessageCaption",
            api_messages.edit_message_caption,
            f"{_EDIT} caption parse_mode caption_entities show_caption_above_media",
            counts=True,
        ),
        _method("editMessageReplyMarkup", api_messages.edit_message_reply_markup, _EDIT, counts=True),
        _method("deleteMessage", api_messages.delete_message, "chat_id message_id"),
        _method(
            "pinChatMessage",
            api_messages.pin_chat_message,
            "business_connection_id chat_id message_id disable_notification",
        ),
        _method(
            "unpinChatMessage", api_messages.unpin_chat_message, "business_connection_id chat_id message_id"
        ),
        _method(
            "sendChatAction",
            api_messages.send_chat_action,
            "business_connection_id chat_id message_thread_id action",
        ),
        _method(
            "answerCallbackQuery",
            api_payments.answer_callback_query,
            "callback_query_id text show_alert url cache_time",
        ),
        _method(
            "answerPreCheckoutQuery",
            api_payments.answer_pre_checkout_query,
            "pre_checkout_query_id ok error_message",
        ),
        _method("getFile", api_files.get_file, "file_id"),
        _method("getChat", api_chats.get_chat, "chat_id"),
        _method("getChatMember", api_chats.get_chat_member, "chat_id user_id"),
        _method("getChatAdministrators", api_chats.get_chat_administrators, "chat_id return_bots"),
        _method("leaveChat", api_chats.leave_chat, "chat_id"),
        _method("setMyCommands", api_chats.set_my_commands, "commands scope language_code"),
        _method("deleteMyCommands", api_chats.delete_my_commands, "scope language_code"),
        _method("getMyCommands", api_chats.get_my_commands, "scope language_code"),
        _method("setMyName", api_chats.set_text, "name language_code"),
        _method("setMyDescription", api_chats.set_text, "description language_code"),
        _method("setMyShortDescription", api_chats.set_text, "short_description language_code"),
    )
}
_NOT_IN_REPLIES = ("setwebhook", "deletewebhook", "getupdates")


class BotApi:
    """The face that the bot sees."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def routes(self) -> list[web.RouteDef]:
        """Return where it answers."""
        return [
            web.route("*", "/bot{token:[^/]+}/{method}", self._answer),
            web.get("/file/bot{token:[^/]+}/{path:.+}", self._download),
        ]

    async def execute(self, body: Json) -> None:
        """Carry out a call that came as the body of a webhook's answer; nobody sees the result."""
        given = {name: value for name, value in body.items() if name != "method"}
        if body["method"].lower().startswith("get") or body["method"].lower() in _NOT_IN_REPLIES:
            return
        with suppress(Refused):
            await self._run(Call(body["method"], given))

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self._check_token(request)
        call = await read_call(request)
        fault = self._parts.faults.take(call.method, _chat_named(call))
        if fault is not None:
            return await self._fail(request, call, fault)
        return _ok(await self._run(call))

    async def _run(self, call: Call) -> Any:
        method = METHODS.get(call.method.lower())
        if method is None:
            raise Refused(404, "Not Found: method not found")
        world = self._parts.world
        world.observe("call", method.name, call.decoded())
        try:
            result = await self._carry_out(method, call)
        except Refused as refused:
            world.observe("refusal", method.name, refused)
            raise
        world.observe("result", method.name, result)
        return result

    async def _carry_out(self, method: Method, call: Call) -> Any:
        if unknown := call.given.keys() - method.parameters:
            raise bad_request(f"SANDBOX: {method.name} knows no parameter {sorted(unknown)}")
        self._check_flood(method, call)
        result = method.run(self._parts, call)
        return await result if inspect.isawaitable(result) else result

    def _check_flood(self, method: Method, call: Call) -> None:
        wait_seconds = self._parts.flood.wait_seconds(_chat_named(call) or 0) if method.counts else 0
        if wait_seconds:
            raise too_many_requests(wait_seconds)

    def _check_token(self, request: web.Request) -> None:
        if request.match_info["token"] != self._parts.world.settings.bot_token:
            raise Refused(401, "Unauthorized")

    async def _fail(self, request: web.Request, call: Call, fault: Fault) -> web.StreamResponse:
        if fault.effect:
            await self._run(call)
        return await fail(request, fault, self._parts.closing, _refusal(fault))

    async def _download(self, request: web.Request) -> web.Response:
        self._check_token(request)
        parts = PurePosixPath(request.match_info["path"]).parts
        content = self._parts.world.file.bytes_of(parts[1]) if len(parts) == 3 else None
        if content is None:
            raise Refused(404, "Not Found")
        return web.Response(body=content)


async def fail(
    request: web.Request, fault: Fault, closing: asyncio.Event, refusal: Exception
) -> web.StreamResponse:
    """Answer with a fault: the refusal, or nothing until the caller gives up, or a closed connection."""
    match fault.kind:
        case "hang":
            await closing.wait()
        case "drop":
            pass
        case _:
            raise refusal
    if request.transport is not None:
        request.transport.close()
    return web.Response()


def refusal_body(refused: Refused) -> Json:
    """Return a refusal as Telegram's JSON."""
    body: Json = {"ok": False, "error_code": refused.status, "description": refused.description}
    return {**body, "parameters": refused.parameters} if refused.parameters else body


def _ok(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _refusal(fault: Fault) -> Refused:
    if fault.retry_after is not None:
        return too_many_requests(fault.retry_after)
    return Refused(fault.status, fault.description or REASONS.get(fault.status, "Error"))


def _chat_named(call: Call) -> int | None:
    try:
        return int(str(call.given["chat_id"]))
    except (KeyError, ValueError):
        return None
