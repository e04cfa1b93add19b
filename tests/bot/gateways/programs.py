"""Programs written by others, each started once for all tests that need it, on loopback only."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from threading import Thread, Timer

from tests.loopback import free_port

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
            port = str(free_port())
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
            reader = Thread(target=_drain, args=(process,), daemon=True)
            self._stack.callback(_end, process, reader)
            _wait_for(ready, process)
            reader.start()  # so that it never waits for somebody to read what it says
            self._urls[name] = f"http://127.0.0.1:{port}"
        return self._urls[name]

    def close(self) -> None:
        """End everything that was started."""
        self._stack.close()


def _wait_for(ready: str, process: subprocess.Popen[str]) -> None:
    """Read what it says until it is ready."""
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


def _drain(process: subprocess.Popen[str]) -> None:
    assert process.stdout
    for _ in process.stdout:
        pass


def _end(process: subprocess.Popen[str], reader: Thread) -> None:
    process.kill()
    process.wait()
    if reader.ident:
        reader.join()
    assert process.stdout
    process.stdout.close()
