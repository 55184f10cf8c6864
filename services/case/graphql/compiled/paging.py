"""Connections: one page by key, with what its selections ask of it and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from services.case.graphql.compiled.declaring import Page, Unplannable
from services.case.graphql.compiled.relations import permitted
from services.case.graphql.compiled.scopes import NOTHING_SHOWN, Join, Scope, Selected
from services.case.graphql.compiled.sql import SQL
from services.case.graphql.compiled.wire import cursor

if TYPE_CHECKING:
    from graphql import SelectionSetNode

    from services.case.graphql.compiled.compiler import Compiler
    from services.case.graphql.compiled.reading import PageShape


@dataclass(slots=True)
class _Parts:
    """What a page's statement is made of: `cells` of each row, what is `gathered` of all, and the answer's fields."""

    compiler: Compiler
    node: str
    shape: PageShape
    limit: str
    inner: Scope
    count: str
    cells: list[str] = field(default_factory=list)
    gathered: list[str] = field(default_factory=list)

    def nodes(self, made: str) -> str:
        """A list of what is made of each row, in the answer's order."""
        cell = f"j{len(self.cells)}"
        self.cells.append(f"{made} AS {cell}, ")
        direction = "DESC" if self.shape.backward else "ASC"
        return self._gather(SQL["page_nodes"].format(cell=cell, direction=direction, limit=self.limit))

    def cursor_of(self, *, last: bool) -> str:
        """The cursor of the page's first or last row."""
        template = SQL["page_last" if last is not self.shape.backward else "page_first"]
        key, row_id = (
            self._gather(template.format(column=column, limit=self.limit)) for column in ("row_key", "row_id")
        )
        return cursor(self.shape.of, key, row_id, timed=self.shape.timed)

    def more(self) -> str:
        """Whether there are rows behind the last one that was read."""
        return self._gather(f"count(*) > {self.limit}")

    def _gather(self, sql: str) -> str:
        name = f"g{len(self.gathered)}"
        self.gathered.append(f"{sql} AS {name}")
        return f"g.{name}"


def page(compiler: Compiler, declared: Page, at: Selected) -> str:
    """A connection."""
    row = compiler.new_row()
    names = {"t": at.scope.row, "a": row}
    hidden = permitted(compiler, declared.policy, at, row)
    site, asked = compiler.ask(declared.read, at)
    if hidden:
        raise Unplannable(f"{at.kind}.{at.name}")
    if declared.bails is not None:
        at.scope.bail(compiler.filled(declared.bails, names), at.tag)

    def placed(template: str) -> str:
        return compiler.filled(compiler.placed(template, site, asked, at.scope.row), names)

    shape: PageShape = asked.shape
    where, limit = placed(shape.where), f"{placed(shape.limit)}::int"
    inner = Scope(row=row, own=None if declared.shows is None else compiler.filled(declared.shows, names))
    count = SQL["page_count"].format(rows=shape.rows, where=where)
    parts = _Parts(compiler, declared.node, shape, limit, inner, count)
    json = _connection(parts, declared.target, at.bodies)
    select = SQL["page"].format(
        **shape._asdict() | {"limit": limit, "where": where, "beyond": placed(shape.beyond)},
        json=json,
        gathered=", ".join(parts.gathered) or "NULL",
        cells="".join(parts.cells),
        row=row,
        joins=inner.joined(),
        shown=inner.shown(),
    )
    tells = inner.shown() != NOTHING_SHOWN
    at.scope.joins[row] = Join(row, select, tells=tells, missing=None, kinds=None)
    return f"{row}.j"


def _connection(parts: _Parts, kind: str, bodies: list[SelectionSetNode]) -> str:
    fields = []
    for key, nodes in parts.compiler.collector.fields(kind, bodies).items():
        inner = [node.selection_set for node in nodes if node.selection_set is not None]
        match nodes[0].name.value:
            case "__typename":
                made = f"'{kind}'::text"
            case "nodes":
                made = parts.nodes(_node(parts, inner))
            case "edges":
                made = parts.nodes(_edge(parts, kind.replace("Connection", "Edge"), inner))
            case "pageInfo":
                made = _page_info(parts, inner)
            case "totalCount":
                made = parts.count
            case other:
                raise Unplannable(f"{kind}.{other}")
        fields.append(f"{made} AS {parts.compiler.label(key)}")
    return SQL["object"].format(fields=", ".join(fields))


def _node(parts: _Parts, bodies: list[SelectionSetNode]) -> str:
    return parts.compiler.row(parts.node, bodies, parts.inner)


def _edge(parts: _Parts, kind: str, bodies: list[SelectionSetNode]) -> str:
    row, fields = parts.inner.row, []
    for key, nodes in parts.compiler.collector.fields(kind, bodies).items():
        match nodes[0].name.value:
            case "__typename":
                made = f"'{kind}'::text"
            case "cursor":
                made = cursor(parts.shape.of, f"{row}.row_key", f"{row}.row_id", timed=parts.shape.timed)
            case "node":
                made = _node(parts, [node.selection_set for node in nodes if node.selection_set is not None])
            case other:
                raise Unplannable(f"{kind}.{other}")
        fields.append(f"{made} AS {parts.compiler.label(key)}")
    return SQL["object"].format(fields=", ".join(fields))


def _page_info(parts: _Parts, bodies: list[SelectionSetNode]) -> str:
    shape, fields = parts.shape, []
    for key, nodes in parts.compiler.collector.fields("PageInfo", bodies).items():
        match nodes[0].name.value:
            case "__typename":
                made = "'PageInfo'::text"
            case "hasNextPage":
                made = _truth(shape.before) if shape.backward else parts.more()
            case "hasPreviousPage":
                made = parts.more() if shape.backward else _truth(shape.after)
            case "startCursor":
                made = parts.cursor_of(last=False)
            case "endCursor":
                made = parts.cursor_of(last=True)
            case other:
                raise Unplannable(f"PageInfo.{other}")
        fields.append(f"{made} AS {parts.compiler.label(key)}")
    return SQL["object"].format(fields=", ".join(fields))


def _truth(value: bool) -> str:  # noqa: FBT001  (a value, no switch)
    return "true" if value else "false"
