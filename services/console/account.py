"""Who typed a command, as far as this machine knows."""

from __future__ import annotations

import os
import pwd
import socket
from pathlib import Path

from contracts.vocabulary import Actor, ActorKind

LOGIN = Path("/proc/self/loginuid")
NO_LOGIN = 2**32 - 1
"""What Linux says of a process that nobody logged in for, a service's or a container's."""


def account() -> Actor:
    """The account, as `name@host`: the one somebody logged in with, though they became another since (`sudo`)."""
    try:
        uid = int(LOGIN.read_text(encoding="ascii"))
    except (OSError, ValueError):
        uid = NO_LOGIN
    if uid == NO_LOGIN:
        uid = os.getuid()
    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError:
        name = str(uid)
    return Actor(ActorKind.STAFF, f"{name}@{socket.gethostname()}")
