"""Ports for services that a test starts as processes of their own."""

from __future__ import annotations

import os
import socket
from itertools import count

PORTS = range(12_000, 32_000)
"""Below those that the system gives to whoever connects to somebody: one of these stays free until it is bound."""
_tries = count(os.getpid() * 97)


def free_ports(how_many: int) -> int:
    """The first of so many consecutive ports that are free on loopback now. Each call goes on where the last one was.

    Raises:
        RuntimeError: there are none.
    """
    for _ in range(200):
        first = PORTS[next(_tries) * 3 % (len(PORTS) - how_many)]
        taken = []
        try:
            for port in range(first, first + how_many):
                one = socket.socket()
                taken.append(one)
                one.bind(("127.0.0.1", port))
        except OSError:
            continue
        else:
            return first
        finally:
            for one in taken:
                one.close()
    raise RuntimeError("no free ports")
