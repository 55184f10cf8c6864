"""What a desk looks at: customers with ten cases and sixty entries each, put into the read tables by COPY."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from contracts.vocabulary import Role, id_of
from infra.postgres import Connection
from services.case.graphql.compiled.documents import Document, Plan
from services.case.graphql.compiled.policies import Mask
from services.case.graphql.ids import IdType, encode
from services.case.graphql.schema import documents_of, make_schema
from tests.support.documents import operation_text

CUSTOMERS = 2_000
CASES_EACH = 10
ENTRIES_EACH = 60
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
AGENTS = ("anna", "bram", "cleo", "dirk")
TEXT = "Where is parcel 3SABCD? It should have been here on Tuesday, and nobody picks up the phone. "
KINDS = ("CONTACT", "CONTACT", "CONTACT", "NOTE", "STATUS_CHANGE", "GESTURE")


def customer_of(number: int) -> UUID:
    return id_of("bench-customer", str(number))


def case_of(number: int, each: int) -> UUID:
    return id_of("bench-case", str(number), str(each))


def planned(operation: str, variables: dict[str, Any]) -> tuple[Document, Plan, list[Any]]:
    """The plan of a client's operation for an agent, and the values of its statement."""
    document = documents_of(make_schema()).of(operation_text(operation), operation)
    plan, values = document.planned(variables, Mask(Role.AGENT, opens=True))
    return document, plan, values


def variables_of(operation: str, number: int) -> dict[str, Any]:
    """Of one view in `operation`, of the customer with this number."""
    if operation == "CustomerScreen":
        return {"id": encode(IdType.CUSTOMER, customer_of(number))}
    if operation == "CaseScreen":
        return {"id": encode(IdType.CASE, case_of(number, 0))}
    return {}


async def copied(connection: Connection) -> None:
    """Fill the read tables."""
    agents: list[tuple[Any, ...]] = [
        (id_of("agent", ref), ref, "PERSON", ref.capitalize(), "ONLINE", 20, 4, True, ["nl"], [], "care")
        for ref in AGENTS
    ]
    names = "agent_id ref kind display_name presence capacity_units load_units active languages skills team_ref"
    await _copy(connection, "agents", names, agents)
    names = "customer_id version display_name kind state owner_id partner_id created_at last_contact_at"
    people = [
        (customer_of(n), 3, f"Customer {n}", "PERSON", "ACTIVE", agents[n % 4][0], agents[(n + 1) % 4][0], AT, AT)
        for n in range(CUSTOMERS)
    ]
    await _copy(connection, "customers", names, people)
    names = "handle_id customer_id kind value written masked assurance added_at"
    handles = [
        (id_of("h", str(n), kind), customer_of(n), kind, f"{n}{kind}", f"{n} {kind}", "+31…", "PLATFORM", AT)
        for n in range(CUSTOMERS)
        for kind in ("PHONE", "WHATSAPP", "EMAIL")
    ]
    await _copy(connection, "handles", names, handles)
    await _copy(connection, "cases", _CASE, [_case(n, each) for n in range(CUSTOMERS) for each in range(CASES_EACH)])
    for begin in range(0, CUSTOMERS, 500):
        entries = [_entry(n, each) for n in range(begin, begin + 500) for each in range(ENTRIES_EACH)]
        await _copy(connection, "timeline", _ENTRY, entries)
    await connection.execute("VACUUM ANALYZE")


_CASE = (
    "case_id version number customer_id subject status priority channels opened_at last_contact_at due_at assignee_id"
)


def _case(n: int, each: int) -> tuple[Any, ...]:
    at = AT - timedelta(days=each, minutes=n)
    status = ("OPEN", "WAITING", "RESOLVED")[each % 3]
    agent = id_of("agent", AGENTS[(n + each) % 4])
    number = str(n * CASES_EACH + each)
    channels = ["WHATSAPP", "EMAIL"]
    return (case_of(n, each), 7, number, customer_of(n), TEXT[:60], status, "NORMAL", channels, at, at, at, agent)


_ENTRY = (
    "entry_id kind customer_id case_id stream_id version occurred_at recorded_at actor_kind actor_ref text text_state"
    " direction channel contact_kind visibility delivery_status gesture_kind gesture_status amount_minor currency"
    " reason case_status"
)


def _entry(n: int, each: int) -> tuple[Any, ...]:
    at, kind, case_id = AT - timedelta(hours=each), KINDS[each % len(KINDS)], case_of(n, each % CASES_EACH)
    customer = customer_of(n)
    by = ("CUSTOMER", str(customer)) if each % 2 else ("AGENT", AGENTS[each % 4])
    contact = ("INBOUND", "WHATSAPP", "MESSAGE", "PRIVATE", "RECEIVED") if kind == "CONTACT" else (None,) * 5
    gesture = ("REFUND", "GIVEN", 1250, "EUR", "goodwill") if kind == "GESTURE" else (None,) * 5
    text = (TEXT * 2, "PRESENT") if kind in {"CONTACT", "NOTE"} else (None, "NONE")
    status = "WAITING" if kind == "STATUS_CHANGE" else None
    return (
        *(id_of("bench-entry", str(n), str(each)), kind, customer, case_id, case_id, each + 1, at, at),
        *by,
        *text,
        *contact,
        *gesture,
        status,
    )


async def _copy(connection: Connection, table: str, names: str, rows: list[tuple[Any, ...]]) -> None:
    await connection.copy_records_to_table(table, columns=names.split(), records=rows)
