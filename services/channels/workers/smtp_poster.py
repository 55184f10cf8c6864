"""Hands mail over by SMTP: one connection per mail, a bound on every wait, and no doubt hidden."""

from __future__ import annotations

from email.utils import format_datetime

import aiosmtplib
import msgspec

from contracts.addresses import mail_server
from services.channels.domain.outbound import CallResult, MailCall
from services.channels.ports import AnswerLost, Clock, NothingSent

CONNECT_SECONDS_MAX = 10.0
ANSWER_SECONDS_MAX = 20.0
SAID_LENGTH_MAX = 500


class SmtpPoster:
    """The part of `ports.Poster` that knows mail servers."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def post(self, call: MailCall) -> CallResult:
        """The server's last word: its code as the status, our Message-ID beside what it said.

        Raises:
            NothingSent: the text was not handed over.
            AnswerLost: it was, and what became of it nobody knows.
        """
        server = mail_server(call.url)
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.tls == "implicit",
            start_tls=server.tls == "starttls",
            timeout=CONNECT_SECONDS_MAX,
            local_hostname=call.return_path.rpartition("@")[2],
        )
        try:
            return await self._hand_over(client, server.user or call.user, call)
        finally:
            client.close()

    async def _hand_over(self, client: aiosmtplib.SMTP, user: str, call: MailCall) -> CallResult:
        try:
            await client.connect()
            await client.ehlo()
            if call.password and client.supports_extension("auth"):
                await client.login(user, call.password, timeout=ANSWER_SECONDS_MAX)
            await client.mail(call.return_path, timeout=ANSWER_SECONDS_MAX)
            await client.rcpt(call.recipient, timeout=ANSWER_SECONDS_MAX)
        except aiosmtplib.SMTPResponseException as refused:
            return _result(call, refused.code, refused.message)
        except (aiosmtplib.SMTPException, OSError, ValueError):
            # The library's text quotes addresses, so it is not passed on.
            raise NothingSent from None
        dated = f"Date: {format_datetime(self._clock.now())}\r\n".encode("ascii") + call.message
        try:
            answer = await client.data(dated, timeout=ANSWER_SECONDS_MAX)
        except aiosmtplib.SMTPResponseException as refused:
            return _result(call, refused.code, refused.message)
        except (aiosmtplib.SMTPException, OSError, ValueError):
            raise AnswerLost from None
        return _result(call, answer.code, answer.message)


def _result(call: MailCall, code: int, said: str) -> CallResult:
    body = msgspec.json.encode({"message_id": call.message_id, "said": said[:SAID_LENGTH_MAX]})
    return CallResult(status=code, body=body)
