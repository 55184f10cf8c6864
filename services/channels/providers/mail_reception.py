"""What is decided about a mail when it comes in, with the account's secrets at hand; the rest is read later."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from email.message import Message
from email.parser import BytesHeaderParser

from services.channels.domain.reception import Reception
from services.channels.domain.reply_address import reply_of_address
from services.channels.providers.mail_headers import addresses, headers_of
from services.channels.providers.mail_reports import is_machine_answer
from services.channels.providers.mail_trust import is_vouched_for

HEADER_BYTES_MAX = 256 * 1024
SENDERS_MAX = 10_000


def received(
    data: bytes, account: str, secrets: Mapping[str, Sequence[str]], authserv_id: str | None
) -> tuple[Reception, str | None]:
    """What our side knows of a mail, and its sender where an answering machine wrote it."""
    headers = headers_of(_header_of(data))
    told = addresses(headers, "delivered-to", "x-original-to", "envelope-to", "to", "cc")
    known = (reply_of_address(account, each.value, secrets.get("reply_secret", ())) for each in told)
    reception = Reception(
        answers=next((reply for reply in known if reply is not None), None),
        vouched=is_vouched_for(headers, authserv_id),
    )
    if not is_machine_answer(headers, answers_us=reception.answers is not None):
        return reception, None
    senders = addresses(headers, "from", "sender")
    return reception, senders[0].key if senders else ""


def _header_of(data: bytes) -> Message:
    try:
        return BytesHeaderParser().parsebytes(data[:HEADER_BYTES_MAX])
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError):
        return Message()


class Flood:
    """Counts what answering machines write, by sender: two that answer each other never stop by themselves."""

    def __init__(self, mails_max: int, within: timedelta) -> None:
        self._mails_max = mails_max
        self._within = within
        self._seen: OrderedDict[str, deque[datetime]] = OrderedDict()

    def is_over(self, sender: str, at: datetime) -> bool:
        """Count one more; whether it is one too many within the time."""
        times = self._seen.setdefault(sender, deque(maxlen=self._mails_max))
        self._seen.move_to_end(sender)
        if len(self._seen) > SENDERS_MAX:
            self._seen.popitem(last=False)
        while times and at - times[0] > self._within:
            times.popleft()
        if len(times) == self._mails_max:
            return True
        times.append(at)
        return False
