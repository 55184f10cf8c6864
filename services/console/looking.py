"""Who looks at a case from the command line, what for, and what the access log says of it."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import msgspec

from contracts.vocabulary import Actor, Role
from infra.clock import SystemClock, SystemIds
from infra.configuration_file import read_configuration
from services.console.account import account
from services.console.failure import CommandFailed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from contracts.installation import Oidc
    from infra.postgres import Pool
    from infra.settings import ServiceSettings
    from services.case.domain.access import AccessAction

TOKEN = "EENDER_TOKEN"  # noqa: S105  (a variable's name)
"""In the environment and no argument: arguments stand in the list of processes and in the shell's history."""
CLIENT = "eender"


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """Who looks, and what for: a configured code, and the reference of a ticket.

    `actor`: whose token was given. Without one it is the account that typed the command, in the role ADMIN: whoever
    has the databases' addresses and the key-encryption key administers the installation. `client`: names the account.
    """

    actor: Actor
    client: str
    by_token: bool = False
    purpose: str | None = None
    ticket: str | None = None

    async def note(
        self, pool: Pool, action: AccessAction, case_id: UUID, *, operation: str, fields: tuple[str, ...]
    ) -> None:
        """Put on record that it was done; it is, when this returns."""
        from services.case.domain.access import AccessEntry  # noqa: PLC0415  (`--help` does without)
        from services.case.queries.access_log import append_access  # noqa: PLC0415

        clock = SystemClock()
        entry = AccessEntry(
            entry_id=SystemIds().new(),
            occurred_at=clock.now(),
            actor=self.actor,
            action=action,
            purpose=self.purpose,
            ticket=self.ticket,
            case_ids=(case_id,),
            operation=operation,
            client=self.client,
            fields=fields,
        )
        await append_access(pool, clock, [entry])

    async def require_read(self, pool: Pool, case_id: UUID, *, operation: str) -> None:
        """Let pass who may read cases; the attempt of others is on record.

        Raises:
            CommandFailed: the token's role may not.
        """
        from services.case.domain.access import AccessAction  # noqa: PLC0415  (`--help` does without)
        from services.case.domain.permissions import Permission, may  # noqa: PLC0415

        if not self.by_token or may(self.actor, Permission.READ):
            return
        await self.note(pool, AccessAction.DENIED, case_id, operation=operation, fields=())
        raise CommandFailed(f"{TOKEN}: the role {self.actor.role} may not read cases")


async def look(env: Mapping[str, str], settings: ServiceSettings, purpose: str | None) -> Look:
    """Who types this command. `purpose`: `<code>[; ref=<ticket>]`, as the API takes it.

    Raises:
        CommandFailed: the purpose is not configured, or the token is not good.
        ConfigurationError: the configuration cannot be used.
        SettingsError: the environment does not say where the keys are.
    """
    from services.case.graphql.access import purpose_of, ticket_of  # noqa: PLC0415  (`--help` does without)

    configuration = read_configuration(settings.config_path, env)
    codes = configuration.purpose_codes
    code, ticket = purpose_of(purpose, frozenset(codes)), ticket_of(purpose)
    if purpose is not None and code is None:
        raise CommandFailed(f"no purpose {purpose!r} is configured: there are {', '.join(codes)}")
    if purpose is not None and ";" in purpose and ticket is None:
        raise CommandFailed(f"{purpose!r} names no ticket: expected such as 'audit; ref=T-1'")
    typed_by, token = account(), env.get(TOKEN)
    if not token:
        operator = msgspec.structs.replace(typed_by, role=Role.ADMIN)
        return Look(actor=operator, client=CLIENT, purpose=code, ticket=ticket)
    actor, client = await _bearer(settings, configuration.oidc, token), f"{CLIENT} ({typed_by.ref})"
    return Look(actor=actor, client=client, by_token=True, purpose=code, ticket=ticket)


async def _bearer(settings: ServiceSettings, oidc: Oidc | None, token: str) -> Actor:
    """Whose token it is, as the API would take it.

    Raises:
        CommandFailed: it is not good.
    """
    from infra.token_verifier import TokenRefused  # noqa: PLC0415  (`--help` does without)
    from services.case.app import open_verifier  # noqa: PLC0415
    from services.case.domain.permissions import granted  # noqa: PLC0415
    from services.case.graphql.access import Principal  # noqa: PLC0415

    async with AsyncExitStack() as resources:
        verifier = await open_verifier(settings, oidc, SystemClock(), resources)
        try:
            found = await verifier.verify(token)
        except TokenRefused as refused:
            raise CommandFailed(f"{TOKEN} is not good: {refused.reason.value}") from refused
    scopes = granted(found.scopes) if found.role is Role.INTEGRATION else ()
    return Principal(
        subject=found.subject, role=found.role, name=None, expires_at=found.expires_at, scopes=scopes
    ).actor
