"""Who sees what, put on record: an operation gathers the subjects it shows, and they are noted before it answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID

from infra import metrics
from services.case.domain.access import NOBODY, AccessAction, AccessEntry
from services.case.graphql import ids
from services.case.graphql.asked_fields import AskedFor
from services.case.graphql.ids import IdType, WrongIdError

if TYPE_CHECKING:
    from contracts.vocabulary import Actor
    from services.case.graphql.access import Principal
    from services.case.graphql.context import GraphQLDeps
    from services.case.queries.rows import CaseRow, EntryRow

Subject: TypeAlias = tuple[UUID | None, UUID | None]
"""A customer and a case of theirs; either may be missing."""

CLIENT_HEADER = "eender-client"
CLIENT_LENGTH_MAX = 60
DENIED_SUBJECTS_MAX = 20
STRINGS_LOOKED_AT_MAX = 200
REFUSED_PER_MINUTE_MAX = 600
FORBIDDEN = "FORBIDDEN"

_CLIENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/+ -]*")
_FAMILIES = ("Edg", "OPR", "Firefox", "Chrome", "Safari")
"""Browsers in the order in which they must be looked for: each also claims to be those behind it."""

_LITERAL = re.compile(r'"([A-Za-z0-9_-]{8,400})"')
_NOTHING = AskedFor("", AccessAction.READ, tells=False, fields=())


class Accessed:
    """What one operation has shown so far. Each subject is noted once, however many fields show it."""

    def __init__(self, deps: GraphQLDeps, principal: Principal, client: str | None) -> None:
        self._deps = deps
        self._principal = principal
        self._client = client
        self._asked = _NOTHING
        self._action = AccessAction.READ
        self._seen: dict[Subject, None] = {}
        self._noted: set[Subject] = set()
        self._named: Any = None
        self._denied = False

    def begin(self, asked: AskedFor, named: Any) -> None:
        """What the operation asks for. `named`: its variables and text, in which subjects may be named."""
        self._asked, self._action, self._named = asked, asked.action, named

    def asks(self, field: str) -> bool:
        """Whether the operation asks for a field of this name, of whatever type."""
        return field in self._asked.names

    def customer(self, customer_id: UUID) -> None:
        """Data of this customer is shown."""
        self._seen[customer_id, None] = None

    def case(self, row: CaseRow) -> None:
        """Data of this case is shown."""
        self._seen[row.customer_id, row.case_id] = None

    def case_of(self, customer_id: UUID | None, case_id: UUID) -> None:
        """The same where no row was read. `customer_id` None: it is looked up when the entry is written."""
        self._seen[customer_id, case_id] = None

    def entry(self, row: EntryRow) -> None:
        """This entry of a timeline is shown."""
        self._seen[row.customer_id, row.case_id] = None

    def plan_shows(self, subjects: Mapping[UUID | None, tuple[UUID | None, ...]]) -> None:
        """These customers and cases are shown."""
        self._seen.update(
            {(customer_id, case_id): None for customer_id in subjects for case_id in subjects[customer_id]}
        )

    def searched(self) -> None:
        """The subject was found by what is known of a person, not by its id."""
        self._action = AccessAction.SEARCH

    def tell(self) -> None:
        """Note the subjects that were shown since the last time."""
        fresh = [subject for subject in self._seen if subject not in self._noted]
        self._noted.update(fresh)
        if fresh:
            self._note(self._action, fresh)

    def take(self, shown: Sequence[Subject], *, denied: bool) -> None:
        """Note what one item of a stream shows that was made for several: gathered once, on record for each of them."""
        if denied:
            self.deny()
        if not self._noted.issuperset(shown):
            self._seen.update(dict.fromkeys(shown))
            self.tell()

    def end(self) -> None:
        """The same at the end of a query or mutation; a question that showed nobody is noted as well."""
        self.tell()
        if self._asked.tells and not self._noted and not self._denied:
            self._note(self._action, [(None, None)])

    def end_with(self, shown: Mapping[UUID | None, tuple[UUID | None, ...]]) -> None:
        """The same where all that was shown is known at once, by customer."""
        if shown:
            self._note_by_customer(self._action, shown.items())
        else:
            self.end()

    def open(self) -> None:
        """A stream begins: note it, with the subject it is of, if it is of one."""
        self.tell()
        if not self._noted:
            self._note(self._action, [(None, None)])

    def deny(self) -> None:
        """The role has no right to what was asked; noted once per operation, with the subjects that it named."""
        if not self._denied:
            self._denied = True
            self._note(AccessAction.DENIED, _subjects_in(self._named) or [(None, None)])

    def _note(self, action: AccessAction, subjects: list[Subject]) -> None:
        self._note_by_customer(action, _by_customer(subjects))

    def _note_by_customer(
        self, action: AccessAction, shown: Iterable[tuple[UUID | None, tuple[UUID | None, ...]]]
    ) -> None:
        who, now = self._principal, self._deps.clock.now()
        actor, behind = who.looks
        self._deps.access.note(
            [
                AccessEntry(
                    entry_id=self._deps.ids.new(),
                    occurred_at=now,
                    actor=actor,
                    on_behalf_of=behind,
                    action=action,
                    purpose=who.purpose,
                    ticket=who.ticket,
                    customer_id=customer_id,
                    case_ids=case_ids,
                    operation=self._asked.operation or None,
                    client=self._client,
                    fields=self._asked.fields,
                )
                for customer_id, case_ids in shown
            ]
        )


class Gathering(Accessed):
    """What an item shows that is made for several: put on record by each of them, not here."""

    @property
    def shown(self) -> tuple[Subject, ...]:
        """The subjects, in the order in which they were met."""
        return tuple(self._seen)

    @property
    def denied(self) -> bool:
        """Whether something was refused because the role has no right to it."""
        return self._denied

    def _note_by_customer(
        self, action: AccessAction, shown: Iterable[tuple[UUID | None, tuple[UUID | None, ...]]]
    ) -> None:
        del action, shown


def _by_customer(
    subjects: list[Subject],
) -> Iterator[tuple[UUID | None, tuple[UUID | None, ...]]]:
    """What was shown of each customer; each case apart whose customer is not known yet."""
    found: dict[UUID, list[UUID | None]] = {}
    for customer_id, case_id in subjects:
        if customer_id is None:
            yield None, (case_id,)
        else:
            found.setdefault(customer_id, []).append(case_id)
    for customer_id, case_ids in found.items():
        yield customer_id, tuple(case_ids)


_current: ContextVar[Accessed | None] = ContextVar("accessed", default=None)


def executing(accessed: Accessed) -> None:
    """What is executed from here on, in this task and those it makes, is this operation."""
    _current.set(accessed)


def deny_current() -> None:
    """The same as `deny` of the operation that is being executed, for where a refusal is turned into data."""
    accessed = _current.get()
    if accessed is not None:
        accessed.deny()


class RefusedTokens:
    """Notes those whom nobody vouches for. A flood of them is counted and not noted: it is not to fill the disk."""

    def __init__(self, deps: GraphQLDeps) -> None:
        self._deps = deps
        self._minute = 0
        self._noted = 0

    def note(self, client: str | None, actor: Actor = NOBODY) -> None:
        """Somebody came with no token or with one that is not good. `client`: the program that asked."""
        now = self._deps.clock.now()
        minute = int(now.timestamp()) // 60
        if minute != self._minute:
            self._minute, self._noted = minute, 0
        if self._noted >= REFUSED_PER_MINUTE_MAX:
            metrics.access_unlogged.inc()
            return
        self._noted += 1
        refused = AccessEntry(
            entry_id=self._deps.ids.new(), occurred_at=now, actor=actor, action=AccessAction.DENIED, client=client
        )
        self._deps.access.note([refused])


def client_of(said: str | None, user_agent: str | None) -> str | None:
    """The program that asks: as it calls itself in its header, else the family of its user agent; never an address."""
    if said and _CLIENT.fullmatch(said):
        return said[:CLIENT_LENGTH_MAX]
    if not user_agent:
        return None
    family = next((name for name in _FAMILIES if f"{name}/" in user_agent), None)
    found = family or user_agent.partition("/")[0]
    return found[:CLIENT_LENGTH_MAX] if _CLIENT.fullmatch(found) else None


def _subjects_in(named: Any) -> list[Subject]:
    """The customers and cases whose ids stand among what a client sent."""
    found: dict[Subject, None] = {}
    for text in islice(_strings(named), STRINGS_LOOKED_AT_MAX):
        try:
            kind, name = ids.decode(text)
            if kind is IdType.CUSTOMER:
                found[UUID(name), None] = None
            elif kind is IdType.CASE:
                found[None, UUID(name)] = None
        except (WrongIdError, ValueError):
            continue
    return list(found)[:DENIED_SUBJECTS_MAX]


def _strings(named: Any) -> Iterator[str]:
    left = [named]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            left.extend(value.values())
        elif isinstance(value, list | tuple):
            left.extend(value)
        elif isinstance(value, str):
            yield value
            yield from _LITERAL.findall(value)
