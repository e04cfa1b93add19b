"""Keys for both sides, a stand-in on loopback, and how it can fail: what both Chinese stand-ins need."""

from __future__ import annotations

from asyncio import Event
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import strategies as st

from tests.bot.gateways.bench import Trouble

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class KeyPair:
    """An RSA key and its public half, in PEM."""

    private: str
    public: str

    @property
    def bare_private(self) -> str:
        """The key as Alipay's own tool writes it: one line, without what PEM has around it."""
        return "".join(self.private.splitlines()[1:-1])

    @property
    def bare_public(self) -> str:
        return "".join(self.public.splitlines()[1:-1])


@cache
def key_pair(owner: str, bits: int = 2048) -> KeyPair:
    """Return the keys of *owner*, the same ones each time."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return KeyPair(private, public)


def write_keys(folder: Path, private: str, public: str) -> tuple[Path, Path]:
    """Write the files that a gateway reads: our private key, the provider's public one."""
    ours, theirs = folder / "ours.pem", folder / "theirs.pem"
    ours.write_text(private)
    theirs.write_text(public)
    return ours, theirs


class Fault(StrEnum):
    """What goes wrong with a request: before anything has happened, after it has, or with the answer."""

    NONE = ""
    LOST = "lost"
    BROKEN = "broken"
    BROKEN_AFTER = "broken_after"
    DROPPED_AFTER = "dropped_after"
    SILENT_AFTER = "silent_after"
    UNSIGNED = "unsigned"
    FORGED = "forged"


ODD_CONTENTS = (
    "[]",
    "null",
    '"code"',
    "{}",
    '{"code":["10000"],"sub_code":{"a":1}}',
    '{"code":"10000","qr_code":1,"trade_status":["TRADE_SUCCESS"],"refund_status":["REFUND_SUCCESS"]}',
    '{"code":"10000","refund_status":"REFUND_SUCCESS","bill_download_url":"http://[::1"}',
    '{"code_url":7,"trade_state":"SUCCESS","status":"SUCCESS","download_url":"a b\\n","payer":[]}',
    '{"out_trade_no":"top-up-1","trade_state":["SUCCESS"],"status":{},"payer":{"openid":5}}',
)
"""What a provider would not say, and a program must not trip over."""

_odd_times = st.datetimes().map(lambda at: f"{at.isoformat()}+08:00")
_odd_names = st.sampled_from(["total", "refund", "currency"])
odd_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | _odd_times,
    lambda each: st.lists(each, max_size=2) | st.dictionaries(_odd_names, each),
    max_leaves=4,
)

FIRST_PAYMENT_BINDS = {"a_binding_tells_whom_it_binds": "the first payment binds"}

FAULTS = {
    Trouble.LOST: Fault.LOST,
    Trouble.BROKEN: Fault.BROKEN,
    Trouble.BROKEN_AFTER: Fault.BROKEN_AFTER,
    Trouble.SILENT_AFTER: Fault.DROPPED_AFTER,  # the suite does not wait for what will not come
}


@dataclass(slots=True)
class Faults:
    """What goes wrong next, by the part of an address or a method's name that it waits for."""

    next: deque[tuple[str, Fault]] = field(default_factory=deque)

    def set(self, where: str, fault: Fault, times: int = 1) -> None:
        self.next = deque([(where, fault)] * times)

    def take(self, asked: str) -> Fault:
        if self.next and self.next[0][0] in asked:
            return self.next.popleft()[1]
        return Fault.NONE


async def say_nothing() -> None:
    """Wait until who asked has given up: that cancels the handler."""
    await Event().wait()


def hang_up(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.close()
    return web.Response(status=500)


@asynccontextmanager
async def serve(*routes: web.RouteDef) -> AsyncIterator[str]:
    """Serve *routes* on loopback; yield the address."""
    app = web.Application()
    app.add_routes(routes)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server()
    try:
        yield str(server.make_url("/")).rstrip("/")
    finally:
        await server.close()
