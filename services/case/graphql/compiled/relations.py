"""Relations as lateral joins: one row, one of several tables, plain lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.case.graphql.compiled.declaring import Either, Many, One, Start, Unplannable
from services.case.graphql.compiled.reading import Found, size
from services.case.graphql.compiled.scopes import GATE, NOTHING_SHOWN, Join, Scope, Selected, columns_used
from services.case.graphql.compiled.sql import SQL
from services.case.graphql.compiled.wire import SHOWS_WHOLE_CUSTOMER
from services.case.graphql.compiled.written import sql_of

if TYPE_CHECKING:
    from services.case.graphql.compiled.compiler import Compiler
    from services.case.graphql.compiled.policies import Policy


def permitted(compiler: Compiler, policy: Policy, at: Selected, row: str) -> str:
    """The condition that a policy puts on rows; and where it refuses, no plan answers.

    Raises:
        Unplannable: it lets nobody of this role ask.
    """
    if policy.asks is not None and not compiler.mask.may(policy.asks):
        raise Unplannable("FORBIDDEN")
    names = {"t": at.scope.row, "a": row}
    refused = policy.refuses(compiler.mask)
    if refused is not None:
        at.scope.bail(compiler.filled(refused, names), at.tag)
    hidden = policy.hides(compiler.mask)
    return "" if hidden is None else f" AND {compiler.filled(hidden, names)}"


def one(compiler: Compiler, declared: One, at: Selected, before: str = "NULL") -> str:
    """A row of another table, or null; joined once, whichever of an interface's types ask for it."""
    key = (declared.target, declared.on, *map(id, at.nodes))
    join = at.scope.joins.get(key)
    if join is None:
        row = compiler.new_row()
        select, tells = _one(compiler, declared, at, {"t": at.scope.row, "a": row, "before": before})
        missing = "true" if declared.required else None
        join = at.scope.joins[key] = Join(row, select, tells, missing, None if at.tag is None else set())
    if at.tag is not None and join.kinds is not None:
        join.kinds.add(at.tag)
    return f"{join.alias}.j"


def _one(compiler: Compiler, declared: One, at: Selected, names: dict[str, str]) -> tuple[str, bool]:
    row = names["a"]
    if declared.bails is not None:
        at.scope.bail(compiler.filled(declared.bails, names), at.tag)
    inner = _inner(compiler, declared.shows, names)
    hidden = permitted(compiler, declared.policy, at, row)
    json = compiler.row(declared.target, at.bodies, inner)
    shown = inner.shown()
    select = SQL["row"].format(
        json=sql_of(json),
        shown=shown,
        source=_source(compiler, declared, names),
        row=row,
        joins=inner.joined(),
        on=f"{compiler.filled(declared.on, names)}{hidden}{GATE}",
    )
    return select, shown != NOTHING_SHOWN


def _inner(compiler: Compiler, shows: str | None, names: dict[str, str]) -> Scope:
    return Scope(row=names["a"], own=None if shows is None else compiler.filled(shows, names))


def _source(compiler: Compiler, declared: One | Many, names: dict[str, str]) -> str:
    """Where a relation's rows are from."""
    if declared.source is not None:
        return compiler.filled(declared.source, names)
    return _table(compiler, declared.target)


def _table(compiler: Compiler, target: str) -> str:
    table = compiler.types[target].table
    if table is None:
        raise Unplannable(target)
    return table


def either(compiler: Compiler, declared: Either, at: Selected) -> str:
    """The first that is there of several."""
    parts: list[str] = []
    for part in declared.parts:
        if isinstance(part, One):
            parts.append(one(compiler, part, at, f"coalesce({', '.join(parts)})" if parts else "NULL"))
        else:
            parts.append(compiler.inline(part, at, otherwise="NULL"))
    found = f"coalesce({', '.join(parts)})"
    required = compiler.filled(declared.required, {"t": at.scope.row})
    at.scope.bail(f"({required}) AND {found} IS NULL", at.tag)
    return found


def start(compiler: Compiler, declared: Start, at: Selected) -> str:
    """The row that a root field finds by its arguments, or null."""
    hidden = permitted(compiler, declared.policy, at, at.scope.row)
    site, asked = compiler.ask(declared.read, at)
    found: Found = asked.shape
    row = compiler.new_row()
    names = {"t": at.scope.row, "a": row}
    inner = _inner(compiler, SHOWS_WHOLE_CUSTOMER if found.whole else declared.shows, names)
    on = compiler.filled(compiler.placed(found.on, site, asked, at.scope.row), names)
    json = compiler.row(declared.target, at.bodies, inner)
    select = SQL["row"].format(
        json=sql_of(json),
        shown=inner.shown(),
        source=_table(compiler, declared.target),
        row=row,
        joins=inner.joined(),
        on=f"{on}{hidden}",
    )
    at.scope.joins[row] = Join(row, select, tells=True, missing=None, kinds=None)
    return f"{row}.j"


def many(compiler: Compiler, declared: Many, at: Selected) -> str:
    """Rows as a plain list."""
    row = compiler.new_row()
    names = {"t": at.scope.row, "a": row}
    if declared.bails is not None:
        at.scope.bail(compiler.filled(declared.bails, names), at.tag)
    inner = _inner(compiler, declared.shows, names)
    hidden = permitted(compiler, declared.policy, at, row)
    json, order = sql_of(compiler.row(declared.target, at.bodies, inner)), compiler.filled(declared.order, names)
    shown, joins = inner.shown(), inner.joined()
    select = SQL["rows"].format(
        json=json,
        shown=shown if shown == NOTHING_SHOWN else f"string_agg({shown}, '')",
        columns=", ".join(f"{row}.{name}" for name in columns_used(row, json, shown, joins, order)) or "true",
        row=row,
        joins=joins,
        source=_source(compiler, declared, names),
        on=f"{compiler.filled(declared.on, names)}{hidden}{GATE}",
        order=order,
        limit=_limit(compiler, declared, at),
    )
    kinds = None if at.tag is None else {at.tag}
    at.scope.joins[row] = Join(row, select, tells=shown != NOTHING_SHOWN, missing=None, kinds=kinds)
    return f"{row}.j"


def _limit(compiler: Compiler, declared: Many, at: Selected) -> str:
    if not declared.sized:
        return str(declared.rows_max)
    site, _ = compiler.ask(size, at)
    return f"least({compiler.parameters.of_site(site, 0)}::int, {declared.rows_max})"
