"""Answers that wait for another person, in histories of cases."""

from __future__ import annotations

import msgspec

from services.case.commands.approve_line import ApproveLine, approve_line
from services.case.commands.approve_reply import ApproveReply, approve_reply
from services.case.commands.decline_reply import DeclineReply, decline_reply
from services.case.commands.expire_reply import ExpireReply, expire_reply
from services.case.commands.request_reply import RequestReply, request_reply
from services.case.domain.guards.policy import GuardPolicy
from services.case.domain.policy import CasePolicy
from tests.support.case_desk import LEA
from tests.support.case_mentions import CaseMentions

GUARD_KINDS = ("guarded", "agree", "object", "outdate", "line")
POLICY = msgspec.structs.replace(CasePolicy(), guards=GuardPolicy(every={"tone-blame": "second-person"}))


class CaseGuards(CaseMentions):
    """Of each kind one step."""

    async def _guarded(self, number: int) -> None:
        if case_id := await self._case(number):
            text = f"That is your own fault, {number}."
            wish = RequestReply(case_id, self._new(), text)
            await request_reply(wish, self._by(), record=self.record, policy=POLICY)

    async def _agree(self, number: int) -> None:
        if contact_id := await self._contact(number, "OUTBOUND"):
            command = ApproveReply(contact_id)
            await approve_reply(command, self._by(LEA), record=self.record, directory=self._directory, policy=POLICY)

    async def _object(self, number: int) -> None:
        if contact_id := await self._contact(number, "OUTBOUND"):
            command = DeclineReply(contact_id, f"Say it otherwise, {number}")
            await decline_reply(command, self._by(LEA), record=self.record, directory=self._directory, policy=POLICY)

    async def _outdate(self, number: int) -> None:
        if contact_id := await self._contact(number, "OUTBOUND"):
            self.at += POLICY.guards.approval_open_for
            case_id = await self.pool.fetchval("SELECT case_id FROM timeline WHERE entry_id = $1", contact_id)
            await expire_reply(ExpireReply(case_id, contact_id), self._by(), record=self.record)

    async def _line(self, number: int) -> None:
        if case_id := await self._case(number):
            line = ApproveLine(case_id, self._new(), f"We look into it, {number}.")
            await approve_line(line, self._by(LEA), record=self.record, policy=POLICY)
