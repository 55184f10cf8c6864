"""The row that SQL is being made for, and what is joined to it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from graphql import FieldNode, SelectionSetNode

from services.case.graphql.compiled.sql import SQL
from services.case.graphql.compiled.wire import BAIL

NOTHING_SHOWN = "NULL::text"
GATE = "/*gate*/"
"""In a relation's SQL: where the condition comes that it is asked for by rows of this kind."""


@dataclass(slots=True)
class Join:
    """A relation of the row. `select`: its SQL, with a gate. `kinds`: for which kinds of rows; None: all.

    `missing`: the condition under which it must be there. `tells`: it has something for the access log.
    """

    alias: str
    select: str
    tells: bool
    missing: str | None
    kinds: set[str] | None


@dataclass(slots=True)
class Scope:
    """One row and its relations, each joined once however often it is asked for.

    `own`: what the row itself tells the access log. `kinds`: the values of its column `kind_column` where it is of an
    interface whose types share a table.
    """

    row: str
    own: str | None = None
    kind_column: str | None = None
    kinds: frozenset[str] = frozenset()
    joins: dict[object, Join] = field(default_factory=dict)
    bails: dict[str, set[str] | None] = field(default_factory=dict)

    def bail(self, condition: str, kind: str | None) -> None:
        """Rows of this kind (None: all) for which the condition holds are Strawberry's."""
        kinds = self.bails.setdefault(condition, None if kind is None else set())
        if kinds is not None and kind is not None:
            kinds.add(kind)

    def joined(self) -> str:
        """All joins as SQL."""
        return "".join(
            " " + SQL["join"].format(select=join.select.replace(GATE, self._gate(join.kinds)), alias=join.alias)
            for join in self.joins.values()
        )

    def shown(self) -> str:
        """What this row and its relations tell the access log, and whether a plan can answer for them."""
        parts = [] if self.own is None else [self.own]
        for condition, kinds in self.bails.items():
            parts.append(f"CASE WHEN ({condition}){self._gate(kinds)} THEN {BAIL} ELSE '' END")
        for join in self.joins.values():
            told = f"coalesce({join.alias}.s, '')"
            if join.missing is not None:
                otherwise = told if join.tells else "''"
                gone = f"{join.alias}.j IS NULL AND ({join.missing}){self._gate(join.kinds)}"
                parts.append(f"CASE WHEN {gone} THEN {BAIL} ELSE {otherwise} END")
            elif join.tells:
                parts.append(told)
        return " || ".join(f"({part})" for part in parts) or NOTHING_SHOWN

    def _gate(self, kinds: set[str] | None) -> str:
        if kinds is None or kinds == self.kinds:
            return ""
        listed = ", ".join(f"'{kind}'" for kind in sorted(kinds))
        return f" AND {self.row}.{self.kind_column} IN ({listed})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """One field of an answer. `kind`: its parent's type; `names`: what templates may name; `tag`: the row's kind."""

    kind: str
    nodes: list[FieldNode]
    scope: Scope
    names: dict[str, str]
    tag: str | None = None

    @property
    def name(self) -> str:
        """The field, as the schema calls it."""
        return self.nodes[0].name.value

    @property
    def bodies(self) -> list[SelectionSetNode]:
        """What is selected of it."""
        return [node.selection_set for node in self.nodes if node.selection_set is not None]


def columns_used(row: str, *parts: str) -> list[str]:
    """Which columns of a row these parts of a statement use. A table's others would cost at each level of the plan."""
    return sorted({found[1] for part in parts for found in re.finditer(rf"\b{row}\.([a-z_][a-z0-9_]*)", part)})
