"""Carries out approved erasures, step by step; whatever ends it in between, the next round goes on from what is done.

Facts come first: from the first one on nobody learns anything more of the customer, so what the later steps destroy
cannot come back. Keys are destroyed when every stream that seals under them is closed, here and in channels; tables
are rewritten after that; the receipt is the last fact. Each step looks at what is on record and does what is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from contracts.stored import Record
from contracts.vocabulary import RefusalCode
from infra.logs import log
from infra.postgres import Pool
from infra.rewriting import TableBusy, rewrite_tables
from infra.rounds import go_round
from infra.sealing import KeyRing
from infra.sql import statements
from services.case.commands.complete_erasure import CompleteErasure, complete_erasure
from services.case.commands.erase_case_content import EraseCaseContent, erase_case_content
from services.case.commands.erase_customer import EraseCustomer, erase_customer
from services.case.commands.lift_restriction import LiftRestriction, lift_restriction
from services.case.commands.name_contacts import NameContacts, name_contacts
from services.case.commands.own_initiative import own_context
from services.case.domain.erasure import Erasure
from services.case.domain.restriction import Retained
from services.case.ports import Clock, Directory, Ids

ROUND_EVERY_SECONDS = 0.5
ERASURES_OF_ROUND_MAX = 200
CASES_AT_ONCE_MAX = 100
RESTRICTIONS_OF_ROUND_MAX = 100
LEDGER_YEARS = 7
"""How long money is to be accounted for (Algemene wet inzake rijksbelastingen, article 52)."""
TABLES = (
    *("customers", "handles", "handle_claims", "external_ids"),
    *("cases", "timeline", "contact_contents", "survey_answers", "attachments", "restrictions", "merges"),
)
"""The tables that hold what a customer said or is called by, in plain words."""
STORES = tuple(f"case.{table}" for table in TABLES)

_SQL = statements("services.case.workers")
logger = log("eraser")


class Eraser:
    """The loop. It also lifts restrictions whose time is over."""

    def __init__(
        self, *, pool: Pool, keys: KeyRing, record: Record, directory: Directory, clock: Clock, ids: Ids
    ) -> None:
        self._pool = pool
        self._keys = keys
        self._record = record
        self._directory = directory
        self._clock = clock
        self._ids = ids

    async def run(self) -> None:
        """Go round for ever. While the database is away, or a table in use, it comes again."""
        await go_round(self.round, every_seconds=ROUND_EVERY_SECONDS, logger=logger, passes=(TableBusy,))

    async def round(self) -> None:
        """Do what can be done now."""
        for row in await self._pool.fetch(_SQL["restrictions_over"], self._clock.now(), RESTRICTIONS_OF_ROUND_MAX):
            over = LiftRestriction(row["restriction_id"], "its time is over")
            await lift_restriction(
                over, own_context(self._clock, self._ids), record=self._record, directory=self._directory
            )
        approved = await self._pool.fetch(_SQL["erasures_to_do"], ERASURES_OF_ROUND_MAX)
        asked = [(row["request_id"], row["customer_id"]) for row in approved]
        ready = [each for each in asked if await self._advance(*each)]
        if ready:
            await self._finish(ready)

    async def _advance(self, request_id: UUID, customer_id: UUID) -> bool:
        """Take an approved erasure as far as it goes; whether its keys can be destroyed."""
        erasure = await self._record.load(Erasure, request_id)
        if erasure is None or erasure.approver_ref is None or erasure.executed:
            return False
        if not erasure.parts:
            await self._close(request_id, customer_id)
            return False
        return erasure.all_forgotten

    async def _finish(self, ready: Sequence[tuple[UUID, UUID]]) -> None:
        """Destroy keys, rewrite the tables once for all of them, sign off."""
        for _, customer_id in ready:
            await self._keys.destroy_subject(customer_id, self._clock.now())
        await rewrite_tables(self._pool, TABLES)
        for request_id, customer_id in ready:
            await self._sign_off(request_id, customer_id)

    async def _close(self, request_id: UUID, customer_id: UUID) -> None:
        """Close every stream of the customer, then ask channels to forget; nothing while it may not be."""
        begun = await erase_customer(
            EraseCustomer(request_id), own_context(self._clock, self._ids), record=self._record
        )
        if not begun.outcome["erased"]:
            return
        while rows := await self._pool.fetch(_SQL["cases_to_erase"], customer_id, CASES_AT_ONCE_MAX):
            for row in rows:
                command = EraseCaseContent(row["case_id"], request_id)
                await erase_case_content(command, own_context(self._clock, self._ids), record=self._record)
        contacts = tuple(row["contact_id"] for row in await self._pool.fetch(_SQL["contacts_of_customer"], customer_id))
        await name_contacts(
            NameContacts(request_id, contacts), own_context(self._clock, self._ids), record=self._record
        )

    async def _sign_off(self, request_id: UUID, customer_id: UUID) -> None:
        command = CompleteErasure(
            request_id=request_id,
            events=await self._pool.fetchval(_SQL["sealed_facts_of_customer"], customer_id),
            keys_destroyed=await self._keys.destroyed_of((customer_id,)),
            stores=STORES,
            retained=_retained(await self._pool.fetchval(_SQL["last_gesture_at"], customer_id)),
        )
        await complete_erasure(command, own_context(self._clock, self._ids), record=self._record)


def _retained(last_gesture_at: datetime | None) -> tuple[Retained, ...]:
    facts = Retained("facts without their content: ids, codes, times, hashes", RefusalCode.RETENTION_DUTY)
    if last_gesture_at is None:
        return (facts,)
    # The duty counts whole calendar years.
    until = datetime(last_gesture_at.year + 1 + LEDGER_YEARS, 1, 1, tzinfo=last_gesture_at.tzinfo)
    return (facts, Retained("ledger: amounts, dates, pseudonyms", RefusalCode.RETENTION_DUTY, until))
