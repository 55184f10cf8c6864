"""Who asks, what they may read, and whether sealed text may be opened to them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from contracts.vocabulary import Actor, ActorKind, Role
from services.case.domain.permissions import Permission, may

PURPOSE_HEADER = "eender-purpose"
_TICKET = re.compile(r"\s*ref=([A-Za-z0-9._#/-]{1,64})\s*")
_ACTOR_KINDS = {Role.AGENT: ActorKind.AGENT, Role.INTEGRATION: ActorKind.INTEGRATION}


class QueryRefusedError(Exception):
    """A question that is not answered: a code for clients, a sentence for developers."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Principal:
    """Who asks, as their token says. `expires_at`: of the token. `purpose`: the configured code they gave, if any.

    `ticket`: the reference they gave with it. `machine`: the subject of the token of an integration that is bound to
    a bot, whose ref is the subject here. `scopes`: of an integration that is not.
    """

    subject: str
    role: Role
    name: str | None
    expires_at: datetime
    purpose: str | None = None
    ticket: str | None = None
    machine: str | None = None
    scopes: tuple[str, ...] = ()

    @cached_property
    def actor(self) -> Actor:
        """The same as facts name it: an integration that is bound to a bot is that agent, within an agent's rights."""
        if self.acts_as_bot:
            return Actor(kind=ActorKind.AGENT, ref=self.subject, role=Role.AGENT)
        kind = _ACTOR_KINDS.get(self.role, ActorKind.STAFF)
        return Actor(kind=kind, ref=self.subject, role=self.role, scopes=self.scopes)

    @property
    def acts_as_bot(self) -> bool:
        """Whether it is an integration that is bound to a bot."""
        return self.machine is not None

    @property
    def looks(self) -> tuple[Actor, Actor | None]:
        """Who sees what is shown, and on whose behalf: a machine that is bound to a bot sees it for the bot."""
        if self.machine is None:
            return self.actor, None
        return Actor(kind=ActorKind.INTEGRATION, ref=self.machine, role=self.role), self.actor

    @cached_property
    def opens_sealed(self) -> bool:
        """Whether texts, addresses and names are shown: an auditor says what for."""
        return may(self.actor, Permission.READ) and (self.role is not Role.AUDITOR or self.purpose is not None)

    def may(self, permission: Permission) -> bool:
        """Whether the role has this permission."""
        return may(self.actor, permission)

    def require(self, permission: Permission) -> None:
        """Let pass who may.

        Raises:
            QueryRefusedError: FORBIDDEN.
        """
        if not self.may(permission):
            raise QueryRefusedError("FORBIDDEN", f"this role has no permission {permission.value}")


def purpose_of(header: str | None, known: frozenset[str]) -> str | None:
    """The purpose in `<code>[; ref=<ticket>]`, or None: one that is not configured opens nothing."""
    code = (header or "").partition(";")[0].strip()
    return code if code in known else None


def ticket_of(header: str | None) -> str | None:
    """The ticket in `<code>[; ref=<ticket>]`, or None: at most 64 letters, digits and `._#/-`, so never an address."""
    found = _TICKET.fullmatch((header or "").partition(";")[2])
    return found[1] if found else None
