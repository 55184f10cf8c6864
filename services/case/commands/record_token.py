"""A token was issued: who may do what in this system is itself on record."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import Refusal, RefusalCode, Role
from services.case.domain.issued_token import IssuedToken
from services.case.domain.permissions import SCOPES, Permission, require


class RecordToken(msgspec.Struct, frozen=True):
    """The token `token_id` (its jti), never the token itself. `scopes`: what an integration may do with it."""

    token_id: UUID
    role: Role
    subject: str
    name: str | None
    expires_at: datetime
    scopes: tuple[str, ...] = ()


async def record_token(command: RecordToken, context: CommandContext, *, record: Record) -> Committed:
    """Record the issuing. Outcome: `token_id`.

    Raises:
        Refusal: FORBIDDEN, INVALID_INPUT (subject empty, expiry not ahead, a scope that there is not).
    """
    require(context.actor, Permission.ISSUE_TOKEN)
    if not command.subject.strip():
        raise Refusal(RefusalCode.INVALID_INPUT, "must not be empty", "subject")
    if command.expires_at <= context.at:
        raise Refusal(RefusalCode.INVALID_INPUT, "must be ahead", "expiresAt")

    for scope in command.scopes:
        if command.role is not Role.INTEGRATION:
            raise Refusal(RefusalCode.INVALID_INPUT, "are for integrations: a role says what others may", "scopes")
        if scope not in SCOPES:
            raise Refusal(RefusalCode.INVALID_INPUT, f"there are {', '.join(sorted(SCOPES))}: not {scope}", "scopes")

    async def decide() -> Work:
        token = IssuedToken.issue(
            token_id=command.token_id,
            role=command.role,
            subject=command.subject,
            name=command.name,
            expires_at=command.expires_at,
            scopes=command.scopes,
            at=context.at,
        )
        return Work(streams=(token,), outcome={"token_id": str(command.token_id)})

    return await record.transact(context, decide)
