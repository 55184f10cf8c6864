"""What a decision looks up before it is made, in the read tables that live in the transaction of the facts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from contracts.vocabulary import CaseStatus, Channel, HandleAssurance, HandleKind
from infra.batcher import Batcher
from infra.postgres import Pool
from infra.sql import statements
from services.case.domain.details import ORGANISATIONS_DEPTH_MAX
from services.case.domain.first_message import KnownAccount
from services.case.domain.identity import Holding
from services.case.domain.publication import PublicationAbove
from services.case.domain.reopening import KnownCase, KnownContact

HOLDINGS_MAX = 500
"""Of one look-up: whoever typed a handle after so many others is not looked for."""
CASES_MAX = 50
LOOK_UPS_AT_ONCE = 1
"""Of one kind: with two, what comes while one is under way would soon go in many small ones."""
IN_A_LOOK_UP_MAX = 256

Asked = TypeVar("Asked")
Found = TypeVar("Found")

_SQL = statements("services.case.queries")


class PostgresDirectory:
    """`services.case.ports.Directory` on the service's own database."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._contacts: Batcher[UUID, KnownContact | None] = _together(self._find_contacts)
        self._cases: Batcher[UUID, list[KnownCase]] = _together(self._cases_of_many)
        self._holders: Batcher[Sequence[tuple[HandleKind, str]], list[Holding]] = _together(self._holders_of_many)
        self._streams: Batcher[UUID, bool] = _together(self._have_streams)
        self._numbers: Batcher[None, str] = _together(self._next_case_numbers)

    async def holders(self, handles: Sequence[tuple[HandleKind, str]]) -> Sequence[Holding]:
        """Who holds these handles: those who hold one for sure first, then the earliest."""
        return await self._holders.submit(handles) if handles else ()

    async def _holders_of_many(self, asked: Sequence[Sequence[tuple[HandleKind, str]]]) -> list[list[Holding]]:
        keys = [(place, kind.value, value) for place, handles in enumerate(asked) for kind, value in handles]
        found: list[list[Holding]] = [[] for _ in asked]
        columns = ([key[column] for key in keys] for column in range(3))
        for row in await self._pool.fetch(_SQL["holders"], *columns, HOLDINGS_MAX):
            held = Holding(
                customer_id=row["customer_id"],
                handle_id=row["handle_id"],
                kind=HandleKind(row["kind"]),
                value=row["value"],
                assurance=HandleAssurance(row["assurance"]),
                added_at=row["added_at"],
            )
            found[row["place"]].append(held)
        return found

    async def cases_of_customer(self, customer_id: UUID) -> Sequence[KnownCase]:
        """The customer's latest cases by last contact, latest first."""
        return await self._cases.submit(customer_id)

    async def _cases_of_many(self, asked: Sequence[UUID]) -> list[list[KnownCase]]:
        found: dict[UUID, list[KnownCase]] = {customer_id: [] for customer_id in asked}
        for row in await self._pool.fetch(_SQL["cases_to_place_in"], list(found), CASES_MAX):
            known = KnownCase(
                case_id=row["case_id"],
                customer_id=row["customer_id"],
                status=CaseStatus(row["status"]),
                last_contact_at=row["last_contact_at"],
                resolved_at=row["resolved_at"],
                subject=row["subject"],
            )
            found[row["customer_id"]].append(known)
        return [found[customer_id] for customer_id in asked]

    async def find_contact(self, contact_id: UUID) -> KnownContact | None:
        """A contact that is on a case."""
        return await self._contacts.submit(contact_id)

    async def _find_contacts(self, asked: Sequence[UUID]) -> list[KnownContact | None]:
        rows = await self._pool.fetch(_SQL["contacts_on_a_case"], list(asked))
        found = {row["entry_id"]: KnownContact(contact_id=row["entry_id"], case_id=row["case_id"]) for row in rows}
        return [found.get(contact_id) for contact_id in asked]

    async def publication_above(self, said_id: UUID) -> PublicationAbove | None:
        """What we said to everybody that this is, or stands beneath, however deep; None: nothing of the kind."""
        row = await self._pool.fetchrow(_SQL["publication_above"], said_id)
        return None if row is None else PublicationAbove(itself=row["itself"], asks=row["asks_community"])

    async def has_stream(self, stream_id: UUID) -> bool:
        """Whether something was recorded under that id."""
        return await self._streams.submit(stream_id)

    async def _have_streams(self, asked: Sequence[UUID]) -> list[bool]:
        found = {row["stream_id"] for row in await self._pool.fetch(_SQL["streams_there_are"], list(asked))}
        return [stream_id in found for stream_id in asked]

    async def case_of_entry(self, entry_id: UUID) -> UUID | None:
        """On which case's timeline something stands."""
        found: UUID | None = await self._pool.fetchval(_SQL["case_of_entry"], entry_id)
        return found

    async def customer_of_note(self, entry_id: UUID) -> UUID | None:
        """About which customer something was noted that belongs to no case."""
        found: UUID | None = await self._pool.fetchval(_SQL["customer_of_note"], entry_id)
        return found

    async def has_budget(self, agent_ref: str, currency: str, at: datetime) -> bool:
        """Whether the agent has a budget in that currency, of this period or an earlier one.

        Routing opens the account of a new period when it first needs it, so an older one is sign enough.
        """
        del at
        found: bool = await self._pool.fetchval(_SQL["has_budget"], agent_ref, currency)
        return found

    async def duo_of(self, customer_id: UUID) -> frozenset[UUID]:
        """The agents who stand in for each other for this customer; whoever it was merged into."""
        row = await self._pool.fetchrow(_SQL["duo_of"], customer_id)
        return frozenset() if row is None else frozenset(agent for agent in row.values() if agent is not None)

    async def keeps_out(self, customer_id: UUID, agent_id: UUID) -> bool:
        """Whether the agent is not to handle this customer, or anybody who is shown as the same one."""
        found: bool = await self._pool.fetchval(_SQL["keeps_out"], customer_id, agent_id)
        return found

    async def payout_of_hold(self, hold_id: UUID) -> tuple[UUID, UUID] | None:
        """The case and the gesture that a hold is paid out for."""
        row = await self._pool.fetchrow(_SQL["payout_of_hold"], hold_id)
        return None if row is None else (row["case_id"], row["gesture_id"])

    async def team_of_agent(self, agent_id: UUID) -> str | None:
        """The reference of the team an agent is in; None: of none, or the agent is not known yet."""
        found: str | None = await self._pool.fetchval(_SQL["team_of_agent"], agent_id)
        return found

    async def team_ref(self, team_id: UUID) -> str | None:
        """The reference of a team that somebody is in; None: there is no such team."""
        found: str | None = await self._pool.fetchval(_SQL["team_ref"], team_id)
        return found

    async def customers_of_merge(self, merge_id: UUID) -> tuple[UUID, UUID] | None:
        """Who was merged into whom."""
        row = await self._pool.fetchrow(_SQL["customers_of_merge"], merge_id)
        return None if row is None else (row["source_id"], row["target_id"])

    async def customer_of_handle(self, handle_id: UUID) -> UUID | None:
        """Whose address it is now."""
        found: UUID | None = await self._pool.fetchval(_SQL["customer_of_handle"], handle_id)
        return found

    async def levels_below(self, customer_id: UUID) -> int:
        """How many levels of others belong to the customer, or to anybody who is shown as the same one."""
        found: int = await self._pool.fetchval(_SQL["levels_below"], customer_id, ORGANISATIONS_DEPTH_MAX)
        return found

    async def customer_of_restriction(self, restriction_id: UUID) -> UUID | None:
        """On whom a restriction was placed."""
        found: UUID | None = await self._pool.fetchval(_SQL["customer_of_restriction"], restriction_id)
        return found

    async def find_account(self, account_id: UUID) -> KnownAccount | None:
        """The channel account of that id, where it is configured now."""
        row = await self._pool.fetchrow(_SQL["account_in_use"], account_id)
        return None if row is None else KnownAccount(Channel(row["channel"]), row["account"], row["brand"])

    async def last_wrote_at(self, account: KnownAccount, handle_id: UUID) -> datetime | None:
        """When somebody last wrote in private from this address to this account."""
        found: datetime | None = await self._pool.fetchval(
            _SQL["last_wrote_at"], handle_id, account.channel.value, account.account
        )
        return found

    async def open_uploads(self, case_id: UUID) -> int:
        """How many files of a case wait for an answer that takes them along."""
        found: int = await self._pool.fetchval(_SQL["open_uploads"], case_id)
        return found

    async def next_case_number(self) -> str:
        """The sequence's next; one that is not used in the end is never used."""
        return await self._numbers.submit(None)

    async def _next_case_numbers(self, asked: Sequence[None]) -> list[str]:
        return [row["number"] for row in await self._pool.fetch(_SQL["next_case_numbers"], len(asked))]


def _together(
    look_up: Callable[[Sequence[Asked]], Awaitable[Sequence[Found]]],
) -> Batcher[Asked, Found]:
    """Whoever looks something up while one look-up is under way is in the next one: one statement for all of them."""
    return Batcher(look_up, lanes=LOOK_UPS_AT_ONCE, batch_max=IN_A_LOOK_UP_MAX)
