"""Programs written by others, each started once for all tests that need it, on loopback only."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from threading import Thread, Timer
from typing import IO

WAIT_SECONDS = 60


class Programs:
    """Starts programs when they are first asked for, and ends them all."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._urls: dict[str, str] = {}

    def start(
        self, name: str, command: Sequence[str], ready: str, env: Mapping[str, str] | None = None
    ) -> str:
        """Return the address of a program that says *ready* once it listens.

        "{port}" in *command* and *env* becomes a free port. It gets a temporary folder of its own.
        """
        if name not in self._urls:
            port = str(_free_port())
            folder = self._stack.enter_context(tempfile.TemporaryDirectory(prefix=f"{name}-"))
            given = {key: value.replace("{port}", port) for key, value in (env or {}).items()}
            process = subprocess.Popen(
                [part.replace("{port}", port) for part in command],
                env={**os.environ, "TMPDIR": folder, "PYTHONUNBUFFERED": "1", **given},
                cwd=folder,
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
            self._stack.callback(_end, process)
            _wait_for(ready, process)
            self._urls[name] = f"http://127.0.0.1:{port}"
        return self._urls[name]

    def close(self) -> None:
        """End everything that was started."""
        self._stack.close()


def _wait_for(ready: str, process: subprocess.Popen[str]) -> None:
    """Read what it says until it is ready; read on beside, so that it never waits for a reader."""
    assert process.stdout
    limit = Timer(WAIT_SECONDS, process.kill)
    limit.start()
    told = []
    for line in process.stdout:
        told.append(line)
        if ready in line:
            break
    limit.cancel()
    assert told, "it said nothing"
    assert ready in told[-1], "".join(told)
    Thread(target=_drain, args=(process.stdout,), daemon=True).start()


def _drain(told: IO[str]) -> None:
    for _ in told:
        pass


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    # The reader beside closes nothing; it has seen the end by now or does so at once.


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
