"""A transfer that a person asked for and routing has not answered yet."""

from __future__ import annotations

from uuid import UUID

import msgspec


class Transfer(msgspec.Struct, frozen=True):
    """What routing's answer is to be recorded with. `claimed_by`: the agent who takes the case, where it is a claim."""

    team_ref: str | None = None
    note: str | None = None
    claimed_by: UUID | None = None
