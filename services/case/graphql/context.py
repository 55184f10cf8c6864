"""What the API is made of, and what one operation carries with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

import asyncpg
import strawberry

from contracts.configuration import Configuration
from contracts.stored import Record
from contracts.vocabulary import Channel
from infra.prepared import PreparedLines
from infra.sealing import KeyRing
from infra.token_verifier import Identity
from services.case.domain.policy import CasePolicy
from services.case.graphql.access import Principal
from services.case.graphql.accessing import Accessed, Gathering
from services.case.graphql.attachment_links import AttachmentLinks
from services.case.graphql.gate import GateRules
from services.case.graphql.hub import Hub
from services.case.graphql.loaders import Loaders
from services.case.graphql.pointing import Made, Pointing, Showing
from services.case.ports import AccessLog, Clock, Directory, Ids
from services.case.queries.accounts import accounts_standing
from services.case.queries.changes import last_position
from services.case.queries.database import Database
from services.case.queries.proofs import Checkpoints
from services.case.queries.snapshot import Snapshot, Snapshots

if TYPE_CHECKING:
    from services.case.graphql.follower import Follower
    from services.case.graphql.making import Maker

MUTATION_WAIT_MS_MAX = 5000
READ_WAIT_MS_MAX = 1000
POSITION_WAIT_MS_MAX = 100


class Verifier(Protocol):
    """Tells good tokens from others."""

    async def verify(self, token: str) -> Identity:
        """Whose token it is.

        Raises:
            Exception: of the kind `GraphQLDeps.refused_token`: it is not good.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphQLDeps:
    """What the API is made of. `keys` None: the history shows nothing sealed. `time_zone`: the installation's.

    `screens`: connections that plan each statement once, for compiled documents; None: no document is compiled.
    `bots`: the refs of agents that are bots, by the subject of the integration that acts as each. `federated`:
    gateways ask too. `links`: to files that came along; None: nobody gets any.
    `units_of`: what a case weighs that began on a channel.
    `refused_token`: what `verifier` raises for a token that is not good; anything else is a fault of ours.
    """

    pool: asyncpg.Pool
    record: Record
    directory: Directory
    policy: CasePolicy
    verifier: Verifier
    refused_token: type[Exception]
    clock: Clock
    ids: Ids
    hub: Hub
    access: AccessLog
    checkpoints: Checkpoints
    units_of: Callable[[Channel], int] = Configuration().units_of
    keys: KeyRing | None = None
    screens: PreparedLines | None = None
    links: AttachmentLinks | None = None
    gate: GateRules = field(default_factory=GateRules)
    federated: bool = False
    purposes: Sequence[str] = ()
    allowed_origins: Sequence[str] = ()
    time_zone: str = "Europe/Amsterdam"
    language: str = "nl"
    bots: Mapping[str, str] = field(default_factory=dict)
    mutation_wait_ms_max: int = MUTATION_WAIT_MS_MAX
    heartbeat_s: float = 20.0


@dataclass(slots=True)
class RequestContext:
    """One operation: who asks, and what has been read for it so far. `executing`: its document was found good.

    `database`: of one moment while a query is answered; `fresh` never is.

    `client`: the program that asks, for the access log. `made`: what was done already of a mutation that Strawberry
    answers.
    """

    deps: GraphQLDeps
    database: Database
    snapshots: Snapshots
    follower: Follower
    principal: Principal
    client: str | None = None
    fresh: Database = field(init=False)
    accessed: Accessed = field(init=False)
    warnings: list[str] = field(default_factory=list)
    executing: bool = False
    making: Callable[[RequestContext], Maker] | None = None
    made: Made | None = None
    pointing: Pointing | None = None
    _loaders: Loaders | None = None
    _make: Maker | None = None

    def __post_init__(self) -> None:
        self.fresh = self.database
        self.accessed = Accessed(self.deps, self.principal, self.client)

    @property
    def loaders(self) -> Loaders:
        """What was looked up. Made when somebody asks: a plan never does."""
        if self._loaders is None:
            self._loaders = Loaders(self.database, self.deps.clock.now())
        return self._loaders

    @property
    def make(self) -> Maker:
        """Makes types of ids and rows."""
        if self._make is None:
            if self.making is None:
                raise RuntimeError("a context without a maker")
            self._make = self.making(self)
        return self._make

    @property
    def shown(self) -> Showing:
        """Finds what a payload shows; where a plan is to look it up, only what it is."""
        return self.pointing or self.make

    def standing_in(self, principal: Principal, loaders: Loaders) -> tuple[RequestContext, Gathering]:
        """The context of an item that is made for several, and where it gathers what it shows them.

        `principal`: one of them, watched. `loaders`: of the item's moment.
        """
        made = RequestContext(
            deps=self.deps,
            database=self.fresh,
            snapshots=self.snapshots,
            follower=self.follower,
            principal=principal,
            executing=True,
            making=self.making,
        )
        made.accessed = gathering = Gathering(self.deps, principal, None)
        made.look_up_with(loaders)
        return made, gathering

    def read_one_moment(self) -> Snapshot:
        """From now on everything is read as of one moment; the caller closes it."""
        snapshot = Snapshot(self.database, self.snapshots)
        self.database = snapshot
        self.renew()
        return snapshot

    async def policy(self) -> CasePolicy:
        """What decisions are made by now: of accounts what is on record, past what was read for this operation."""
        return self.deps.policy.standing(await accounts_standing(self.fresh))

    def renew(self) -> None:
        """Forget what was read: something was written since, or time has passed."""
        self._loaders = None

    def look_up_with(self, loaders: Loaders) -> None:
        """Share what others look up for the same fact."""
        self._loaders = loaders

    async def wait_for_position(self, position: int) -> None:
        """Wait, for a while, until the log has come this far; past that the answer carries a warning."""

        async def look() -> int | None:
            last = await last_position(self.fresh)
            return last if last >= position else None

        if await self.deps.hub.until(look, timeout_ms=READ_WAIT_MS_MAX) is None:
            self.warnings.append("STALE")
        if isinstance(self.database, Snapshot):
            await self.database.close()  # what another field read before the wait is too old for this one


Info: TypeAlias = strawberry.Info[RequestContext, None]
