"""Ports of this machine that a process of a test can be given, and given again after it was killed."""

from __future__ import annotations

import random
import socket

PORTS = range(20_000, 32_000)
"""Below those that a system lends to connections that go out: none of these can take one meanwhile."""


def free_port() -> int:
    """Return a port that nobody listens at."""
    while True:
        port = random.SystemRandom().choice(PORTS)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
