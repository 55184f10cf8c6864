"""The words of the type map: how a field of a type is read from its row. `{t}` in SQL is the row's alias."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from services.case.graphql.compiled.policies import Policy


class Unplannable(Exception):  # noqa: N818  (no fault: somebody else answers)
    """This is not answered by a plan. `why`: `Type.field`, or a word."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A value. `closed`: what stands for it where sealed text is not opened; None: the same.

    `needs`: columns of which each is NOT NULL, so that this never is null; a start fails where the catalogue says
    otherwise. None: it may be null. `guarded`: null means that Strawberry is to tell what went wrong. `bails`: on
    which rows of `{t}` Strawberry answers.
    """

    sql: str
    closed: str | None = None
    needs: tuple[str, ...] | None = None
    guarded: bool = False
    bails: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inline:
    """An object that is made of the same row. `values`: names that the target's SQL uses beside `{t}`.

    `when`: the condition under which it is there at all. `closed_to_all`: null where sealed text is not opened.
    """

    target: str
    values: Mapping[str, str] = field(default_factory=dict)
    when: str | None = None
    closed_to_all: bool = False


def _declared(policy: Policy) -> None:
    if not isinstance(policy, Policy):
        raise TypeError("a relation is declared with a policy")


@dataclass(frozen=True, slots=True, kw_only=True)
class One:
    """A row of another table, or none. `{a}` in `on`: that row. `source`: where it is from, if not the target's table.

    `required`: its absence is a fault, which Strawberry tells. `bails`: on which rows of `{t}` Strawberry answers.
    `shows`: what of it the access log is told.
    """

    target: str
    on: str
    policy: Policy
    source: str | None = None
    required: bool = False
    bails: str | None = None
    shows: str | None = None

    def __post_init__(self) -> None:
        _declared(self.policy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Many:
    """Rows of another table as a plain list. `source`: where they come from, if not the target's table itself.

    `sized`: its argument `first` limits it. `bails`: on which rows of `{t}` Strawberry answers.
    """

    target: str
    on: str
    order: str
    policy: Policy
    rows_max: int
    source: str | None = None
    sized: bool = False
    bails: str | None = None
    shows: str | None = None

    def __post_init__(self) -> None:
        _declared(self.policy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Either:
    """A row of one of several tables, or what the row itself says: the first that is there. `required`: when one must.

    `{before}` in a part's `on`: what was found by those before it.
    """

    parts: tuple[One | Inline, ...]
    required: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A connection. `read`: from the arguments to what is asked of it. `bails`: as with `Many`."""

    target: str
    node: str
    read: Callable[[dict[str, Any]], Any]
    policy: Policy
    bails: str | None = None
    shows: str | None = None

    def __post_init__(self) -> None:
        _declared(self.policy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A root field that finds one row. `read`: from the arguments to a condition on `{a}` and its values."""

    target: str
    read: Callable[[dict[str, Any]], Any]
    policy: Policy
    shows: str | None = None

    def __post_init__(self) -> None:
        _declared(self.policy)


Declared: TypeAlias = Leaf | Inline | One | Many | Either | Page | Start


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """A type and the table its rows are of; None: it has none of its own, `values` of an `Inline` make it."""

    table: str | None
    fields: Mapping[str, Declared]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinds:
    """An interface whose types share a table, told apart by `column`."""

    table: str
    column: str
    types: Mapping[str, str]


TypeMap: TypeAlias = Mapping[str, Mapped | Kinds]


def column(name: str, *, closed: str | None = None, nullable: bool = False) -> Leaf:
    """A column as it is."""
    return Leaf(sql=f"{{t}}.{name}", closed=closed, needs=None if nullable else (name,))
