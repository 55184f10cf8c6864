"""Makes calls to platforms, each by the way it takes."""

from __future__ import annotations

from services.channels.domain.outbound import Call, CallResult, ChatCall, HttpCall, MailCall
from services.channels.ports import Clock
from services.channels.workers.chat_store import ChatPoster
from services.channels.workers.http_poster import HttpxPoster
from services.channels.workers.smtp_poster import SmtpPoster


class EveryPoster:
    """Implements `ports.Poster`."""

    def __init__(self, clock: Clock, chat: ChatPoster) -> None:
        self._chat = chat
        self._http = HttpxPoster()
        self._smtp = SmtpPoster(clock)

    async def post(self, call: Call) -> CallResult:
        """The platform's answer, whatever its status.

        Raises:
            NothingSent: it was not reached.
            AnswerLost: it may have been reached.
        """
        match call:
            case HttpCall():
                return await self._http.post(call)
            case MailCall():
                return await self._smtp.post(call)
            case ChatCall():
                return await self._chat.post(call)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()
