"""As which user Postgres runs: ourselves, or for root an unprivileged user that owns the data and nothing else."""

from __future__ import annotations

import os
import pwd
import re
import sys
from pathlib import Path

from infra.embedded.binaries import reachable
from infra.embedded.child import Account, EmbeddedError

CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2
UID_WANTED = 58432
"""A number no ordinary installation gives to anybody; needs no entry in /etc/passwd."""


def postgres_account(data: Path) -> Account | None:
    """Who runs the server with the data folder `data`: None for ourselves, else the user to become.

    Data that an unprivileged user owns already keep that user. Where a folder on the way is closed to the user,
    it gets one power: to pass through (CAP_DAC_READ_SEARCH, or CAP_DAC_OVERRIDE where a container lacks the former).

    Raises:
        EmbeddedError: root cannot give its powers up here, or the user could not reach the data.
    """
    if os.geteuid() != 0:
        return None
    uid = (data.stat().st_uid if data.exists() else 0) or unprivileged_uid()
    folder = data.parent.parent  # the server's own folder is the user's anyway; above it we change nothing
    if reachable(folder, uid, uid):
        return Account(uid, uid)
    for capability in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE):
        if _permitted(capability):
            return Account(uid, uid, capability)
    raise EmbeddedError(
        f"Postgres does not run as root, and another user cannot enter {folder}: "
        "choose a folder that others may enter with --data"
    )


def initdb_account(account: Account) -> Account:
    """Who makes the data for `account`: `initdb` insists on a user that /etc/passwd knows, the server does not.

    Raises:
        EmbeddedError: /etc/passwd knows root only.
    """
    known = {entry.pw_name: entry for entry in pwd.getpwall() if entry.pw_uid != 0}
    entry = known.get("nobody") or next(iter(known.values()), None)
    if entry is None:
        raise EmbeddedError("Postgres does not run as root, and /etc/passwd has no other user: add `nobody`")
    return Account(entry.pw_uid, entry.pw_gid, account.capability)


def unprivileged_uid() -> int:
    """An id that nobody has and that this container knows.

    Raises:
        EmbeddedError: the container maps no user but root.
    """
    taken = {entry.pw_uid for entry in pwd.getpwall()}
    mapped = _mapped_uids()
    for uid in range(UID_WANTED, UID_WANTED + 100):
        if uid not in taken and any(uid in span for span in mapped):
            return uid
    spare = [span[-1] for span in mapped if span[-1] > 0]
    if not spare:
        raise EmbeddedError("Postgres does not run as root, and this container has no other user: run it as one")
    return spare[-1]


def _mapped_uids() -> list[range]:
    """The user ids of this container (user namespace)."""
    mapping = Path("/proc/self/uid_map")
    if not mapping.exists():
        return [range(UID_WANTED + 100)]
    spans = (line.split() for line in mapping.read_text().splitlines())
    return [range(int(first), int(first) + int(count)) for first, _, count in spans]


def _permitted(capability: int) -> bool:
    """Whether we hold that Linux capability."""
    if sys.platform != "linux":
        return False
    found = re.search(r"^CapPrm:\s*([0-9a-f]+)$", Path("/proc/self/status").read_text(), re.MULTILINE)
    return found is not None and bool(int(found[1], 16) >> capability & 1)
