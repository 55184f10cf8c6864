"""The running API of one process: the schema, the database, the follower, and who may ask what."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from contracts.vocabulary import Role
from infra.token_verifier import Identity, RefusedBecause
from services.case.domain.permissions import granted
from services.case.graphql.access import Principal, purpose_of, ticket_of
from services.case.graphql.accessing import RefusedTokens
from services.case.graphql.compiled.executor import Compiled
from services.case.graphql.context import GraphQLDeps, RequestContext
from services.case.graphql.follower import Follower
from services.case.graphql.gate import Gate
from services.case.graphql.leavers import CHECKED_EVERY_S, Leavers
from services.case.graphql.making import Maker
from services.case.graphql.schema import DeskSchema, documents_of, followables_of, make_schema
from services.case.graphql.streams import Streams
from services.case.queries.database import Database
from services.case.queries.snapshot import Snapshots

BEARER = "bearer"
PRINCIPALS_KEPT_MAX = 1_000


class NotAuthenticatedError(Exception):
    """Nobody known is asking. `unavailable`: because the issuer's keys cannot be had."""

    def __init__(self, *, unavailable: bool = False) -> None:
        super().__init__("authentication is missing or was refused")
        self.unavailable = unavailable


class Api:
    """Made once per process. `observe` is called with the name of each SQL statement of a query."""

    def __init__(self, deps: GraphQLDeps, *, observe: Callable[[str], None] | None = None) -> None:
        self.deps = deps
        self.schema: DeskSchema = make_schema(federated=deps.federated)
        self.gate = Gate(deps.gate, self.schema._schema, deps.clock)  # noqa: SLF001  (no other door to its GraphQL types)
        self.database = Database(deps.pool, observe=observe)
        self.follower = Follower(self.database, deps.hub)
        self.compiled = None if deps.screens is None else Compiled(documents_of(self.schema), deps.screens)
        self.streams = Streams(followables_of(self.schema))
        self._snapshots = Snapshots(deps.pool, at_once_max=max(1, deps.pool.get_max_size() // 2))
        self._purposes = frozenset(deps.purposes)
        self._refused_tokens = RefusedTokens(deps)
        self._leavers = Leavers(Database(deps.pool), deps.clock)
        self._principals: dict[tuple[str | None, str | None], tuple[Identity, Principal]] = {}

    async def authenticate(
        self, authorization: str | None, purpose: str | None, client: str | None = None
    ) -> Principal:
        """Who asks, from the value of an Authorization header. Who is refused is on record.

        Raises:
            NotAuthenticatedError: there is no bearer token, it is not good, or its agent has left.
        """
        try:
            principal = await self._known(authorization, purpose)
        except NotAuthenticatedError as refused:
            if not refused.unavailable:
                await self.deps.access.room()
                self._refused_tokens.note(client)
            raise
        if await self._leavers.has_left(principal):
            await self.deps.access.room()
            self._refused_tokens.note(client, principal.actor)
            raise NotAuthenticatedError
        return principal

    def left_s(self, principal: Principal) -> float:
        """How long the principal's token is still good."""
        return (principal.expires_at - self.deps.clock.now()).total_seconds()

    async def is_good(self, principal: Principal) -> bool:
        """Whether the principal may still be told anything."""
        return self.left_s(principal) > 0 and not await self._leavers.has_left(principal)

    async def until_no_good(self, principal: Principal) -> None:
        """Return once the principal's token is over, or its agent has left."""
        while await self.is_good(principal):  # noqa: ASYNC110  (time passes, and other processes write)
            await asyncio.sleep(min(CHECKED_EVERY_S, self.left_s(principal)))

    async def _known(self, authorization: str | None, purpose: str | None) -> Principal:
        scheme, _, token = (authorization or "").strip().partition(" ")
        if scheme.lower() != BEARER or not token.strip():
            raise NotAuthenticatedError
        try:
            identity = await self.deps.verifier.verify(token.strip())
        except self.deps.refused_token as refused:
            unavailable = getattr(refused, "reason", None) is RefusedBecause.KEYS_UNAVAILABLE
            raise NotAuthenticatedError(unavailable=unavailable) from None
        known = self._principals.get((authorization, purpose))
        if known is not None and known[0] is identity:
            return known[1]
        if len(self._principals) >= PRINCIPALS_KEPT_MAX:
            self._principals.clear()
        made = self._principal(identity, purpose)
        self._principals[authorization, purpose] = identity, made
        return made

    def _principal(self, identity: Identity, purpose: str | None) -> Principal:
        role, bot = Role(identity.role), None
        if role is Role.INTEGRATION:
            bot = self.deps.bots.get(identity.subject)
        return Principal(
            subject=bot or identity.subject,
            role=role,
            name=identity.name,
            expires_at=identity.expires_at,
            purpose=(code := purpose_of(purpose, self._purposes)),
            ticket=ticket_of(purpose) if code else None,
            machine=None if bot is None else identity.subject,
            scopes=granted(identity.scopes) if role is Role.INTEGRATION and bot is None else (),
        )

    def context(self, principal: Principal, client: str | None = None) -> RequestContext:
        """What one operation of somebody carries with it. `client`: the program that asks."""
        return RequestContext(
            deps=self.deps,
            database=self.database,
            snapshots=self._snapshots,
            follower=self.follower,
            principal=principal,
            client=client,
            making=Maker,
        )
