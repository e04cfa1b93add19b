"""How calls fare on the way to a Bot API server that misbehaves in every way."""

from __future__ import annotations

import asyncio
import contextlib
import io
import logging
import socket
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web
from telegram import Bot, InputFile, InputMediaPhoto
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.telegram.request import AiohttpRequest, NotSent, Patience

TOKEN = "123456:SECRET-token"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serve = Callable[[Handler], Awaitable[str]]

MESSAGE = {"message_id": 1, "date": 1, "chat": {"id": 5, "type": "private"}, "text": "hi"}


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Start a server for one handler; return its address."""
    async with contextlib.AsyncExitStack() as stack:

        async def start(handler: Handler) -> str:
            app = web.Application()
            app.router.add_route("*", "/{path:.*}", handler)
            runner = web.AppRunner(app, shutdown_timeout=0)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            host, port = runner.addresses[0][:2]
            return f"http://{host}:{port}"

        yield start


@pytest.fixture
async def request_class() -> AsyncIterator[AiohttpRequest]:
    async with AiohttpRequest() as opened:
        yield opened


def make_bot(address: str, request: AiohttpRequest) -> Bot:
    return Bot(
        TOKEN,
        base_url=f"{address}/bot",
        base_file_url=f"{address}/file/bot",
        request=request,
        get_updates_request=request,
    )


async def answer_message(request: web.Request) -> web.Response:
    return web.json_response({"ok": True, "result": MESSAGE})


async def test_a_call_carries_its_parameters(serve: Serve, request_class: AiohttpRequest) -> None:
    seen: list[tuple[str, str, dict[str, object]]] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append((request.path, request.content_type, dict(await request.post())))
        return await answer_message(request)

    bot = make_bot(await serve(handler), request_class)
    sent = await bot.send_message(5, "žluťoučký & 你好")
    assert sent.message_id == 1
    assert seen == [
        (
            f"/bot{TOKEN}/sendMessage",
            "application/x-www-form-urlencoded",
            {"chat_id": "5", "text": "žluťoučký & 你好"},
        )
    ]


async def test_a_call_without_parameters_is_a_post_too(serve: Serve, request_class: AiohttpRequest) -> None:
    async def handler(request: web.Request) -> web.Response:
        bot = {"id": 1, "is_bot": True, "first_name": request.method}
        return web.json_response({"ok": True, "result": bot})

    assert (await make_bot(await serve(handler), request_class).get_me()).first_name == "POST"


async def test_files_are_uploaded_beside_their_parameters(
    serve: Serve, request_class: AiohttpRequest
) -> None:
    seen: dict[str, object] = {}

    async def handler(request: web.Request) -> web.Response:
        for name, part in (await request.post()).items():
            seen[name] = (
                (part.filename, part.content_type, part.file.read())
                if isinstance(part, web.FileField)
                else part
            )
        return await answer_message(request)

    bot = make_bot(await serve(handler), request_class)
    await bot.send_document(5, InputFile(b"%PDF-", 'Sitz "A1" 座位.pdf'), caption="a b")
    assert seen == {
        "chat_id": "5",
        "caption": "a b",
        "document": ('Sitz "A1" 座位.pdf', "application/pdf", b"%PDF-"),
    }


async def test_open_files_and_albums_are_uploaded(serve: Serve, request_class: AiohttpRequest) -> None:
    seen: list[bytes] = []

    async def handler(request: web.Request) -> web.Response:
        parts = await request.post()
        seen.extend(part.file.read() for part in parts.values() if isinstance(part, web.FileField))
        assert "attach://" in str(parts["media"])
        return web.json_response({"ok": True, "result": [MESSAGE, MESSAGE]})

    bot = make_bot(await serve(handler), request_class)
    picture = InputFile(io.BytesIO(b"two"), "two.png", read_file_handle=False, attach=True)
    await bot.send_media_group(5, [InputMediaPhoto(b"one"), InputMediaPhoto(picture)])
    assert seen == [b"one", b"two"]


async def test_a_file_is_fetched(serve: Serve, request_class: AiohttpRequest) -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(body=b"\x00" * 100_000)

    address = await serve(handler)
    assert len(await request_class.retrieve(f"{address}/file/bot{TOKEN}/photo.jpg")) == 100_000


async def test_a_refused_connection_was_surely_not_sent(request_class: AiohttpRequest) -> None:
    with socket.socket() as bound:  # bound and not listening: nobody else gets the port, nobody answers
        bound.bind(("127.0.0.1", 0))
        bot = make_bot(f"http://127.0.0.1:{bound.getsockname()[1]}", request_class)
        with pytest.raises(NotSent, match=r"^no connection to 127\.0\.0\.1: ClientConnectorError$"):
            await bot.send_message(5, "hi")


async def test_an_unknown_host_was_surely_not_sent(
    request_class: AiohttpRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def find_nothing(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", find_nothing)
    with pytest.raises(NotSent, match=r"^no connection to telegram\.invalid: ClientConnectorDNSError$"):
        await make_bot("http://telegram.invalid", request_class).get_me()


async def test_an_address_that_is_none_was_surely_not_sent(request_class: AiohttpRequest) -> None:
    with pytest.raises(NotSent, match=r"^no connection to "):
        await make_bot("http://", request_class).get_me()


async def test_waiting_in_vain_for_a_free_connection_was_surely_not_sent(serve: Serve) -> None:
    arrived, done = asyncio.Event(), asyncio.Event()

    async def handler(request: web.Request) -> web.Response:
        arrived.set()
        await done.wait()
        return await answer_message(request)

    async with AiohttpRequest(connections_max=1) as narrow:
        bot = make_bot(await serve(handler), narrow)
        first = asyncio.create_task(bot.send_message(5, "first"))
        await arrived.wait()
        with pytest.raises(NotSent, match="ConnectionTimeoutError"):
            await bot.send_message(5, "second", pool_timeout=0.001, connect_timeout=0.001)
        done.set()
        await first


async def test_no_answer_in_time_leaves_the_outcome_unknown(serve: Serve) -> None:
    arrived: list[str] = []
    given_up = asyncio.Event()

    async def handler(request: web.Request) -> web.Response:
        arrived.append(request.path)
        await given_up.wait()
        return await answer_message(request)

    async with AiohttpRequest(Patience(read_seconds=0.3)) as hasty:
        bot = make_bot(await serve(handler), hasty)
        with pytest.raises(
            TimedOut, match=r"^no answer from 127\.0\.0\.1 in time: SocketTimeoutError$"
        ) as caught:
            await bot.send_message(5, "hi")
    given_up.set()
    assert not isinstance(caught.value, NotSent)
    assert len(arrived) == 1


async def test_a_call_may_ask_for_more_patience_than_usual(serve: Serve) -> None:
    async def handler(request: web.Request) -> web.Response:
        return await answer_message(request)

    async with AiohttpRequest(Patience(read_seconds=0.0001)) as hasty:
        assert hasty.read_timeout == 0.0001
        sent = await make_bot(await serve(handler), hasty).send_message(5, "hi", read_timeout=None)
    assert sent.message_id == 1


@pytest.mark.parametrize("whole_headers", [False, True])
async def test_a_connection_lost_after_sending_leaves_the_outcome_unknown(
    serve: Serve, request_class: AiohttpRequest, whole_headers: bool
) -> None:
    calls = 0

    async def handler(request: web.Request) -> web.StreamResponse:
        nonlocal calls
        calls += 1
        response = web.StreamResponse(headers={"Content-Length": "100"})
        if whole_headers:
            await response.prepare(request)
        assert request.transport is not None
        request.transport.abort()
        return response

    bot = make_bot(await serve(handler), request_class)
    with pytest.raises(NetworkError, match=r"^no whole answer from 127\.0\.0\.1: ") as caught:
        await bot.send_message(5, "hi")
    assert type(caught.value) is NetworkError
    assert calls == 1  # and nothing was sent again behind our back


async def test_telegrams_refusals_come_through(
    serve: Serve, request_class: AiohttpRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")

    async def refuse(request: web.Request) -> web.Response:
        if request.path.endswith("getMe"):
            limits = {"retry_after": 7}
            return web.json_response(
                {"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": limits},
                status=429,
            )
        return web.json_response(
            {"ok": False, "error_code": 400, "description": "Bad Request: chat not found"}, status=400
        )

    bot = make_bot(await serve(refuse), request_class)
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(5, "hi")
    with pytest.raises(RetryAfter):
        await bot.get_me()


async def test_a_redirect_is_not_followed(serve: Serve, request_class: AiohttpRequest) -> None:
    paths: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        paths.append(request.path)
        raise web.HTTPTemporaryRedirect("/elsewhere")

    with pytest.raises(NetworkError):
        await make_bot(await serve(handler), request_class).get_me()
    assert paths == [f"/bot{TOKEN}/getMe"]


async def test_the_token_shows_in_no_error_and_no_log(
    serve: Serve, request_class: AiohttpRequest, caplog: pytest.LogCaptureFixture
) -> None:
    async def quote_path(request: web.Request) -> web.Response:
        if request.path.endswith("sendMessage"):
            assert request.transport is not None
            request.transport.abort()
        return web.Response(text=f"<p>{request.path} was not found</p>", status=502)

    shown = ""
    with caplog.at_level(logging.INFO):  # at DEBUG python-telegram-bot itself logs its addresses
        for address in (await serve(quote_path), "http://127.0.0.1:1", "http://[", "http://", "ftp://x"):
            bot = make_bot(address, request_class)
            for call in (bot.get_me(), bot.send_message(5, "hi")):
                shown += await _show_failure(call)
    logged = "".join(
        record.getMessage() for record in caplog.records if not record.name.startswith("aiohttp.access")
    )
    assert "SECRET" not in shown + logged
    assert "•••" in logged


async def _show_failure(call: Awaitable[object]) -> str:
    with pytest.raises(TelegramError) as caught:
        await call
    error = caught.value
    chain = traceback.format_exception(error)
    return "".join(chain) + repr(error) + repr(error.__context__)


async def test_opening_and_closing_twice_changes_nothing(serve: Serve) -> None:
    request = AiohttpRequest()
    await request.shutdown()
    await request.initialize()
    await request.initialize()
    bot = make_bot(await serve(answer_message), request)
    assert (await bot.send_message(5, "hi")).message_id == 1
    await request.shutdown()
    await request.shutdown()
    with pytest.raises(RuntimeError):
        await request.do_request(f"http://127.0.0.1:1/bot{TOKEN}/getMe", "POST")


async def test_what_was_closed_can_be_opened_again(serve: Serve) -> None:
    address = await serve(answer_message)
    request = AiohttpRequest()
    for _ in range(2):
        async with request:
            assert (await make_bot(address, request).send_message(5, "hi")).message_id == 1
