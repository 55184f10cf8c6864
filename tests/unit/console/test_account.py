"""Who typed a command: the account somebody logged in with, else the one that runs it."""

from __future__ import annotations

import os
import pwd
import socket
from pathlib import Path

import pytest

from contracts.vocabulary import ActorKind
from services.console.account import NO_LOGIN, account

NOBODY_KNOWN = 4_000_000_000
OURS = pwd.getpwuid(os.getuid()).pw_name


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("1", pwd.getpwuid(1).pw_name),
        (str(NO_LOGIN), OURS),
        ("", OURS),
        (None, OURS),
        (str(NOBODY_KNOWN), str(NOBODY_KNOWN)),
    ],
)
def test_the_account_is_the_one_of_the_login(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str | None, name: str
) -> None:
    login = tmp_path / "loginuid"
    if said is not None:
        login.write_text(said)
    monkeypatch.setattr("services.console.account.LOGIN", login)
    who = account()
    assert (who.kind, who.ref, who.role) == (ActorKind.STAFF, f"{name}@{socket.gethostname()}", None)
