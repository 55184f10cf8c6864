"""Who sees which rows of a relation. No relation can be declared without one of these."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from contracts.vocabulary import Role
from services.case.domain.permissions import Permission, permissions_of


class Mask(NamedTuple):
    """What somebody may see, as far as a plan differs by it. `opens`: sealed text is shown. `scopes`: a machine's."""

    role: Role
    opens: bool
    scopes: tuple[str, ...] = ()

    def may(self, permission: Permission) -> bool:
        """Whether the role has this permission."""
        return permission in permissions_of(self.role, self.scopes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Who sees what of a relation. `{t}`: the row it starts from, `{a}`: the related one, `{subject}`: who asks.

    `asks`: the permission without which nothing of it is answered. `hides`: the condition on rows that the mask sees,
    None where it sees all. `refuses`: on which rows asking is an error, which Strawberry then tells.
    """

    asks: Permission | None = None
    hides: Callable[[Mask], str | None] = lambda _mask: None
    refuses: Callable[[Mask], str | None] = lambda _mask: None


def _unless(permission: Permission, condition: str) -> Callable[[Mask], str | None]:
    return lambda mask: None if mask.may(permission) else condition


ANYBODY = Policy()
"""Whoever has a token: what they see is themselves."""

READERS = Policy(asks=Permission.READ)
"""Whoever may read sees every row."""

OF_WHAT_IS_SEEN = Policy()
"""Whoever sees the row it starts from: that one was let pass by a policy of its own."""

OF_WHAT_IS_OPENED = Policy(hides=lambda mask: None if mask.opens else "false")
"""Whoever sees the row it starts from, where sealed text is opened."""

OWN_BUDGETS = Policy(refuses=_unless(Permission.READ_APPROVALS, "{t}.ref IS DISTINCT FROM {subject}"))
"""Agents ask for their own budgets; leads and auditors for everybody's."""

OWN_CHARGES = Policy(
    hides=_unless(
        Permission.READ_APPROVALS,
        "EXISTS (SELECT FROM agents AS own WHERE own.agent_id = {a}.owner_id AND own.ref = {subject})",
    )
)
"""The budget behind a gesture is null for agents, unless it is their own."""

OWN_CANDIDATES = Policy(
    hides=_unless(Permission.READ_ALL_CANDIDATES, "({a}.rejected IS NULL OR {a}.agent_id = {own_agent})")
)
"""Agents see who was chosen and their own row."""
