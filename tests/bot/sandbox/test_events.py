"""The event stream, the page, and the sandbox as a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest
from aiohttp import ClientSession
from telegram import Bot

from bot.sandbox import Sandbox, SandboxClient
from bot.sandbox.client import NeverHappened, Person

ROOT = Path(__file__).parents[3]


async def test_numbers_grow_by_one(client: SandboxClient, ann: Person) -> None:
    await client.send(ann, "hello")
    numbers = [event.seq for event in await client.events(0)]
    assert numbers == list(range(1, len(numbers) + 1))


async def test_waiting_finds_what_the_latest_act_caused(bot: Bot, client: SandboxClient, ann: Person) -> None:
    await bot.send_message(ann.id, "before")
    await client.send(ann, "question")
    await bot.send_message(ann.id, "answer")
    assert (await client.wait_text(ann)).text == "answer"


async def test_waiting_ends_when_nothing_comes(client: SandboxClient, ann: Person) -> None:
    await client.mark()
    with pytest.raises(NeverHappened, match="nothing did"):
        await client.wait(lambda event: True, timeout_seconds=0.01)


async def test_a_number_from_a_former_process_means_from_the_start(
    client: SandboxClient, ann: Person
) -> None:
    assert (await client.events(10_000))[0].seq == 1


async def test_server_sent_events_carry_the_same(
    sandbox: Sandbox, client: SandboxClient, http: ClientSession, ann: Person
) -> None:
    headers = {"Accept": "text/event-stream"}
    async with http.get(f"{sandbox.url}/sandbox/events", headers=headers) as stream:
        assert await stream.content.readline() == b": the sandbox\n"
        await client.send(ann, "hello")
        lines = [await stream.content.readline() for _ in range(3)]
    event = json.loads(lines[2].removeprefix(b"data: "))
    assert lines[1] == f"id: {event['seq']}\n".encode()
    assert (event["kind"], event["message"]["text"]) == ("message", "hello")


async def test_what_is_missing_or_wrong_is_said(
    sandbox: Sandbox, client: SandboxClient, http: ClientSession, ann: Person
) -> None:
    for path, body, status in (
        ("people/9/block", {}, 404),
        ("people", {}, 400),
        (f"chats/{ann.id}/messages", {"text": "who says so?"}, 400),
        (f"chats/{ann.id}/messages", {"from": ann.id, "text": ""}, 400),
    ):
        async with http.post(f"{sandbox.url}/sandbox/{path}", json=body) as answer:
            assert answer.status == status
            assert (await answer.json())["error"]


async def test_the_page_stays_inside_its_folder(sandbox: Sandbox, http: ClientSession) -> None:
    async with http.get(f"{sandbox.url}/page/..%2fserver.py") as answer:
        assert answer.status == 404


@pytest.mark.slow
async def test_a_process_prints_its_address_and_survives_a_kill(tmp_path: Path) -> None:
    arguments = ["-m", "bot.sandbox", "--port", "0", "--file", str(tmp_path / "sandbox.sqlite3")]

    async def started() -> tuple[asyncio.subprocess.Process, str]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *arguments, cwd=ROOT, env={**os.environ}, stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout is not None
        word, url = (await process.stdout.readline()).decode().split()
        assert word == "sandbox"
        return process, url

    first, url = await started()
    async with SandboxClient(url) as client:
        ann = await client.person("Ann")
        message = await client.start(ann)
    first.kill()
    await first.wait()
    second, url = await started()
    async with SandboxClient(url) as client:
        assert await client.messages(ann) == [message]
        assert len(await client.pending_updates()) == 1
    second.terminate()
    assert await second.wait() == 0
