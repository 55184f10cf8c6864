"""What a decision looks up before it is made, in the read tables that live in the transaction of the facts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from contracts.vocabulary import CaseStatus, Channel, HandleAssurance, HandleKind
from infra.postgres import Pool
from infra.sql import statements
from services.case.domain.first_message import KnownAccount
from services.case.domain.identity import Holding
from services.case.domain.reopening import KnownCase, KnownContact

HOLDINGS_MAX = 500
"""Of one look-up: whoever typed a handle after so many others is not looked for."""
CASES_MAX = 50

_SQL = statements("services.case.queries")


class PostgresDirectory:
    """`services.case.ports.Directory` on the service's own database."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def holders(self, handles: Sequence[tuple[HandleKind, str]]) -> Sequence[Holding]:
        """Who holds these handles: those who hold one for sure first, then the earliest."""
        if not handles:
            return ()
        kinds, values = [kind.value for kind, _ in handles], [value for _, value in handles]
        return tuple(
            Holding(
                customer_id=row["customer_id"],
                handle_id=row["handle_id"],
                kind=HandleKind(row["kind"]),
                value=row["value"],
                assurance=HandleAssurance(row["assurance"]),
                added_at=row["added_at"],
            )
            for row in await self._pool.fetch(_SQL["holders"], kinds, values, HOLDINGS_MAX)
        )

    async def cases_of_customer(self, customer_id: UUID) -> Sequence[KnownCase]:
        """The customer's latest cases by last contact, latest first."""
        return tuple(
            KnownCase(
                case_id=row["case_id"],
                customer_id=row["customer_id"],
                status=CaseStatus(row["status"]),
                last_contact_at=row["last_contact_at"],
                resolved_at=row["resolved_at"],
                subject=row["subject"],
            )
            for row in await self._pool.fetch(_SQL["cases_to_place_in"], customer_id, CASES_MAX)
        )

    async def find_contact(self, contact_id: UUID) -> KnownContact | None:
        """A contact that is on a case."""
        row = await self._pool.fetchrow(_SQL["contact_on_a_case"], contact_id)
        return None if row is None else KnownContact(contact_id=row["entry_id"], case_id=row["case_id"])

    async def case_of_entry(self, entry_id: UUID) -> UUID | None:
        """On which case's timeline something stands."""
        found: UUID | None = await self._pool.fetchval(_SQL["case_of_entry"], entry_id)
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

    async def payout_of_hold(self, hold_id: UUID) -> tuple[UUID, UUID] | None:
        """The case and the gesture that a hold is paid out for."""
        row = await self._pool.fetchrow(_SQL["payout_of_hold"], hold_id)
        return None if row is None else (row["case_id"], row["gesture_id"])

    async def team_of_agent(self, agent_id: UUID) -> str | None:
        """The reference of the team an agent is in; None: of none, or the agent is not known yet."""
        found: str | None = await self._pool.fetchval(_SQL["team_of_agent"], agent_id)
        return found

    async def team_ref(self, team_id: UUID) -> str | None:
        """The reference of a team."""
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

    async def has_members(self, customer_id: UUID) -> bool:
        """Whether any customer belongs to this one."""
        found: bool = await self._pool.fetchval(_SQL["has_members"], customer_id)
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

    async def next_case_number(self) -> str:
        """The sequence's next; one that is not used in the end is never used."""
        number: str = await self._pool.fetchval(_SQL["next_case_number"])
        return number
