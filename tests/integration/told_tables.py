"""A case service's tables, written by hand for what reads figures out of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid5

from contracts.vocabulary import NAMESPACE
from infra.postgres import Pool
from services.case.domain.report_rules import ReportKind, ReportRules
from services.case.queries.database import Database
from services.case.queries.reports import report_rows

SINCE, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
DAY = timedelta(days=1)
OPEN = ReportRules(group_size_min=1, contact_cost_minor={"EMAIL": 400, "X": 700}, areas={"carrier-late": "service"})


@dataclass
class Told:
    """What the tables say; each case begins with a customer's contact and is answered after `answered` minutes."""

    pool: Pool
    numbers: Any = field(default_factory=lambda: count(1))

    def new(self) -> UUID:
        return uuid5(NAMESPACE, f"report {next(self.numbers)}")

    async def customer(self, *, merged_into: UUID | None = None) -> UUID:
        customer_id = self.new()
        await self.pool.execute(
            "INSERT INTO customers (customer_id, version, display_name, kind, state, created_at, merged_into)"
            " VALUES ($1, 1, 'Klant', 'PERSON', 'ACTIVE', $2, $3)",
            customer_id, SINCE, merged_into,
        )  # fmt: skip
        return customer_id

    async def case(
        self,
        at: datetime,
        *,
        customer: UUID | None = None,
        channel: str = "EMAIL",
        loud: bool = False,
        answered: int = 30,
        by: str = "anna",
        cause: str | None = None,
        class_: str = "QUESTION",
        ends: tuple[datetime, ...] = (),
        reopened: datetime | None = None,
    ) -> UUID:
        case_id, customer = self.new(), customer or await self.customer()
        visibility = "PUBLIC" if loud else "PRIVATE"
        await self.pool.execute(
            "INSERT INTO cases (case_id, version, number, customer_id, status, priority, channels, opened_at,"
            " last_contact_at, cause) VALUES ($1, 1, $2, $3, 'OPEN', 'NORMAL', $4, $5, $5, $6)",
            case_id, str(next(self.numbers)), customer, [channel], at, cause,
        )  # fmt: skip
        entry = {"channel": channel, "visibility": visibility}
        said = {"direction": "INBOUND", "class": class_, **entry}
        await self.entry(case_id, customer, "CONTACT", at, "CUSTOMER", **said)
        answer = at + timedelta(minutes=answered)
        await self.clock(case_id, "FIRST_ANSWER", at, answer)
        await self.entry(case_id, customer, "CONTACT", answer, by, direction="OUTBOUND", **entry)
        for end in ends:
            await self.entry(case_id, customer, "STATUS_CHANGE", end, by, case_status="RESOLVED")
        if reopened is not None:
            await self.entry(case_id, customer, "STATUS_CHANGE", reopened, by, case_status="OPEN")
        return case_id

    async def clock(self, case_id: UUID, kind: str, started_at: datetime, stopped_at: datetime) -> None:
        await self.pool.execute(
            "INSERT INTO clocks (case_id, kind, clock_of, state, started_at, due_at, warn_at, stopped_at)"
            " VALUES ($1, $2, $1, 'MET', $3, $4, $4, $4)",
            case_id, kind, started_at, stopped_at,
        )  # fmt: skip

    async def mention(self, at: datetime, class_: str, feeling: float = 0.0, *, shares: int | None = None) -> None:
        """Something said in public that asks nothing of us."""
        reach = None if shares is None else f'{{"shares": {shares}}}'
        await self.pool.execute(
            "INSERT INTO mentions (mention_id, channel, account, occurred_at, noted_at, expires_at, text_state, class,"
            " outcome, reason, reach, sentiment)"
            " VALUES ($1, 'X', 'x-1', $2, $2, $2, 'PRESENT', $3, 'NO_REPLY', 'r', $4::jsonb, $5)",
            self.new(), at, class_, reach, feeling,
        )  # fmt: skip

    async def gesture(
        self, case_id: UUID, at: datetime, minor: int, *, reason: str = "damaged", by: str = "anna", returned: int = 0
    ) -> UUID:
        customer = await self.pool.fetchval("SELECT customer_id FROM cases WHERE case_id = $1", case_id)
        entry = {"amount_minor": minor, "currency": "EUR", "reason": reason, "gesture_status": "GIVEN"}
        gesture_id = await self.entry(case_id, customer, "GESTURE", at, by, **entry)
        await self.pool.execute(
            "INSERT INTO gesture_controls (gesture_id, case_id, agent_ref, given_at) VALUES ($1, $2, $3, $4)",
            gesture_id, case_id, by, at,
        )  # fmt: skip
        if returned:
            await self.pool.execute(
                "INSERT INTO payouts (gesture_id, case_id, hold_id, amount_minor, state, attempts, begun_at,"
                " returned_minor) VALUES ($1, $2, $1, $3, 'PAID', 1, $4, $5)",
                gesture_id, case_id, minor, at, returned,
            )  # fmt: skip
        return gesture_id

    async def answer(
        self, value: float, at: datetime, *, case_id: UUID | None = None, channel: str = "EMAIL", nps: bool = False
    ) -> None:
        """How we did, said in a case; without one, in praise that became none."""
        customer = await self.pool.fetchval("SELECT customer_id FROM cases WHERE case_id = $1", case_id)
        scale = ("NPS", value, 0, 10) if nps else ("CSAT_5", value, 1, 5)
        await self.pool.execute(
            "INSERT INTO survey_answers (entry_id, customer_id, case_id, metric, value, worst, best, channel,"
            " answered_at) VALUES ($1, $2, $3, $4, $5::float8, $6, $7, $8, $9)",
            self.new(), customer, case_id, *scale, channel, at,
        )  # fmt: skip

    async def incident(self, title: str, *cases: UUID, occurred_at: datetime | None) -> None:
        """These cases are its; put on record when the time of the report began."""
        incident_id = self.new()
        await self.pool.execute(
            "INSERT INTO incidents (incident_id, version, state, title, cause, occurred_at, begun_at, begun_by_kind,"
            " begun_by_ref) VALUES ($1, 1, 'OPEN', $2, 'carrier-late', $3, $4, 'AGENT', 'lena')",
            incident_id, title, occurred_at, SINCE,
        )  # fmt: skip
        await self.pool.executemany(
            "INSERT INTO incident_cases (case_id, incident_id) VALUES ($1, $2)",
            [(case_id, incident_id) for case_id in cases],
        )

    async def publication(self, at: datetime, *, by: str) -> None:
        """Something that somebody wrote for everybody stands on a page."""
        await self.pool.execute(
            "INSERT INTO publications (publication_id, version, state, channel, account, brand, text, asks_community,"
            " rules, drafted_at, drafted_by_kind, drafted_by_ref, published_at)"
            " VALUES ($1, 4, 'PUBLISHED', 'FACEBOOK', 'page-1', 'shop', 'Open', false, '{}', $2, 'AGENT', $3, $2)",
            self.new(), at, by,
        )  # fmt: skip

    async def says(
        self, at: datetime, class_: str, feeling: float = 0.0, *, channel: str = "EMAIL", case: UUID | None = None
    ) -> UUID:
        """A customer says something of a kind, in a case of theirs, or in one that nobody has answered yet."""
        case_id, customer = case or self.new(), await self.customer()
        await self.pool.execute(
            "INSERT INTO cases (case_id, version, number, customer_id, status, priority, channels, brand, opened_at,"
            " last_contact_at) VALUES ($1, 1, $2, $3, 'OPEN', 'NORMAL', $4, 'shop', $5, $5) ON CONFLICT DO NOTHING",
            case_id, str(next(self.numbers)), customer, [channel], at,
        )  # fmt: skip
        told = {"channel": channel, "visibility": "PRIVATE", "direction": "INBOUND", "class": class_}
        await self.entry(case_id, customer, "CONTACT", at, "CUSTOMER", **told, sentiment=feeling)
        return case_id

    async def entry(self, case_id: UUID, customer: UUID, kind: str, at: datetime, by: str, **more: Any) -> UUID:
        entry_id = self.new()
        values = [entry_id, kind, customer, case_id, case_id, at, at, by, *more.values()]
        columns = ["entry_id", "kind", "customer_id", "case_id", "stream_id", "occurred_at", "recorded_at", "actor_ref"]
        columns += more
        places = ", ".join(f"${number}" for number in range(1, len(values) + 1))
        await self.pool.execute(
            f"INSERT INTO timeline ({', '.join(columns)}, version, actor_kind) VALUES ({places}, 1, 'AGENT')",
            *values,
        )
        return entry_id

    async def report(self, kind: ReportKind, rules: ReportRules = OPEN) -> list[dict[str, Any]]:
        return await report_rows(Database(self.pool), kind, rules, since=SINCE, until=UNTIL)


def only(row: dict[str, Any], *names: str) -> tuple[Any, ...]:
    return tuple(row[name] for name in names)
