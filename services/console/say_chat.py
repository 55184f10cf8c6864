"""`eender say chat`: plays a page of the shop: says hello, says the text, and waits until it is taken."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import msgspec
from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection, connect

from contracts.configuration import ChannelAccount
from infra.clock import SystemClock, SystemIds
from services.channels.domain.chat_frames import VERSION
from services.channels.domain.chat_identity import Identity, sign_identity
from services.console.failure import CommandFailed

ANSWER_WAIT_S_MAX = 30.0
VOUCHED_FOR = timedelta(hours=1)
SWITCHING_PROTOCOLS = 101


def say_in_chat(account: ChannelAccount, webhooks: str, sender: str, text: str, name: str | None) -> int:
    """Say it, as somebody who is logged in where we can sign that, else as anybody; 101, the status of a socket.

    Raises:
        CommandFailed: no page may open the chat, it does not answer, or it was not taken.
    """
    if not account.allowed_origins:
        raise CommandFailed(f"chat/{account.account} lets nobody in: add allowed_origins to [[channel_accounts]]")
    url = f"{webhooks.replace('http', 'ws', 1)}/channels/chat/{account.account}"
    hello: dict[str, Any] = {"type": "hello", "v": VERSION, "widget_key": account.secrets["widget_key"]}
    with _line(url, account.allowed_origins[0]) as line:
        welcome = _asked(line, hello | _who(account, sender, name))
        if welcome["type"] == "welcome":
            said = _asked(line, {"type": "message", "id": SystemIds().new().hex, "text": text})
            if said["type"] == "accepted":
                return SWITCHING_PROTOCOLS
            welcome = said
    raise CommandFailed(f"{url} answered {welcome.get('code')}: {welcome.get('detail')}")


def _who(account: ChannelAccount, sender: str, name: str | None) -> dict[str, Any]:
    secret = account.secrets.get("identity_secret")
    if secret is None:
        return {"name": name or sender}
    known = {"email": sender} if "@" in sender else {"user_id": sender}
    ends = int((SystemClock().now() + VOUCHED_FOR).timestamp())
    return {"identity": sign_identity(Identity(expires_at=ends, name=name, **known), secret)}


@contextmanager
def _line(url: str, origin: str) -> Iterator[ClientConnection]:
    try:
        with connect(
            url, additional_headers={"Origin": origin}, proxy=None, open_timeout=ANSWER_WAIT_S_MAX
        ) as connection:
            yield connection
    except InvalidStatus as refused:
        raise CommandFailed(f"{url} answered {refused.response.status_code}") from refused
    except (WebSocketException, OSError) as error:
        raise CommandFailed(f"{url} does not answer: {type(error).__name__}") from error


def _asked(line: ClientConnection, frame: dict[str, Any]) -> dict[str, Any]:
    """The answer to a frame; answers of agents and pings that come in between are passed over."""
    line.send(msgspec.json.encode(frame).decode())
    while True:
        answer: dict[str, Any] = msgspec.json.decode(line.recv(timeout=ANSWER_WAIT_S_MAX))
        if answer["type"] not in {"message", "ping"}:
            return answer
