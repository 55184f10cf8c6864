"""`eender say`: plays a customer, so that nobody who builds a screen ever writes an HMAC."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import httpx
import msgspec
from cyclopts import Parameter

from contracts.configuration import ChannelAccount, ConfigurationError
from contracts.vocabulary import Channel
from infra.clock import SystemClock, SystemIds
from infra.configuration_file import read_configuration
from services.console.failure import CommandFailed
from services.console.our_accounts import no_such_account
from services.console.run_file import DATA_DEFAULT, read_running
from services.console.say_chat import say_in_chat

ANSWER_WAIT_S_MAX = 30.0


def say(
    channel: Literal["form", "whatsapp", "chat"],
    sender: str,
    text: str,
    /,
    *,
    account: str | None = None,
    name: str | None = None,
    data: Path = DATA_DEFAULT,
    json: Annotated[bool, Parameter(negative=())] = False,
) -> None:
    """Post what a customer says to the running stack, signed as the channel's platform would.

    Args:
        channel: By which channel.
        sender: Who: a phone number; for a form a mail address or a phone number; for the chat a mail address, a user
            id of the shop, or, where the account has no identity_secret, any name.
        text: What.
        account: Which of our accounts; else the first configured one of that channel.
        name: What the customer is called.
        data: The folder of the running stack.
        json: Print the answer as JSON.
    """
    run = read_running(data)
    try:
        configuration = read_configuration(run.config, os.environ)
    except ConfigurationError as error:
        raise CommandFailed(str(error)) from error
    ours = _account(configuration.channel_accounts, Channel(channel.upper()), account)
    if ours.channel is Channel.CHAT:
        status = say_in_chat(ours, run.webhooks, sender, text, name)
    else:
        made = _form(ours, sender, text, name) if ours.channel is Channel.FORM else _whatsapp(ours, sender, text, name)
        status = _posted(f"{run.webhooks}/channels/{channel}/{ours.account}", *made)
    shown = {"status": status, "channel": channel, "account": ours.account}
    line = msgspec.json.encode(shown).decode() if json else f"taken in by {channel}/{ours.account}"
    sys.stdout.write(f"{line}\n")


def _posted(url: str, body: bytes, headers: dict[str, str]) -> int:
    """The status of the answer.

    Raises:
        CommandFailed: there is none, or it is no success.
    """
    try:
        headers["Content-Type"] = "application/json"
        answer = httpx.post(url, content=body, headers=headers, timeout=ANSWER_WAIT_S_MAX, trust_env=False)
    except httpx.HTTPError as error:
        raise CommandFailed(f"{url} does not answer: {type(error).__name__}") from error
    if not answer.is_success:
        raise CommandFailed(f"{url} answered {answer.status_code}: {answer.text[:500]}")
    return answer.status_code


def _account(accounts: tuple[ChannelAccount, ...], channel: Channel, name: str | None) -> ChannelAccount:
    """Our account of that name, or the first of that channel.

    Raises:
        CommandFailed: there is none.
    """
    for account in accounts:
        if account.channel is channel and name in {None, account.account}:
            return account
    wanted = f"{channel.path}/{name}" if name else channel.path
    raise no_such_account(wanted, accounts)


def _form(_account: ChannelAccount, sender: str, text: str, name: str | None) -> tuple[bytes, dict[str, str]]:
    """A form with the sender as the sender looks: a mail address or a phone number."""
    form = {"email" if "@" in sender else "phone": sender, "message": text, **({} if name is None else {"name": name})}
    return form_post(form, str(SystemIds().new()))


def form_post(form: Mapping[str, Any], key: str) -> tuple[bytes, dict[str, str]]:
    """Body and headers of a form as our own pages post it. `key`: the same again is one contact."""
    return msgspec.json.encode(form), {"Idempotency-Key": key}


def _whatsapp(account: ChannelAccount, sender: str, text: str, name: str | None) -> tuple[bytes, dict[str, str]]:
    """A message from that number.

    Raises:
        CommandFailed: the sender is no phone number.
    """
    number = re.sub(r"[\s().+-]", "", sender)
    if not (number.isascii() and number.isdigit()):
        raise CommandFailed(f"{sender!r} is no phone number: write it with its country code, such as +31612345678")
    message_id, at = f"wamid.{SystemIds().new().hex}", int(SystemClock().now().timestamp())
    return signed_whatsapp(account, number, text, name=name or f"+{number}", message_id=message_id, at=at)


def signed_whatsapp(
    account: ChannelAccount, number: str, text: str, *, name: str, message_id: str, at: int
) -> tuple[bytes, dict[str, str]]:
    """Body and headers of a message as WhatsApp's Cloud API posts it, signed over the raw bytes.

    `number`: digits only, with its country code; `at`: Unix seconds.
    """
    message = {"from": number, "id": message_id, "timestamp": str(at), "type": "text", "text": {"body": text}}
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": account.account, "phone_number_id": account.account},
        "contacts": [{"profile": {"name": name}, "wa_id": number}],
        "messages": [message],
    }
    entry = {"id": account.account, "changes": [{"field": "messages", "value": value}]}
    body = msgspec.json.encode({"object": "whatsapp_business_account", "entry": [entry]})
    signature = hmac.new(account.secrets["app_secret"].encode(), body, hashlib.sha256).hexdigest()
    return body, {"X-Hub-Signature-256": f"sha256={signature}"}
