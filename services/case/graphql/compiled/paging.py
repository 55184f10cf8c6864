"""Connections: one page by key, with what its selections ask of it and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from services.case.graphql.compiled.declaring import Page, Unplannable
from services.case.graphql.compiled.relations import permitted
from services.case.graphql.compiled.scopes import NOTHING_SHOWN, Join, Scope, Selected, columns_used
from services.case.graphql.compiled.sql import SQL
from services.case.graphql.compiled.wire import cursor
from services.case.graphql.compiled.written import Json, Value, object_of, sql_of

if TYPE_CHECKING:
    from graphql import SelectionSetNode

    from services.case.graphql.compiled.compiler import Compiler
    from services.case.graphql.compiled.reading import PageShape


_OF_THE_PAGE = frozenset({"row_key", "row_id", "row_sort", "row_n"})
"""Columns that a page's rows have beside their table's."""


@dataclass(slots=True)
class _Parts:
    """What a page's statement is made of: what is `gathered` of all its rows, and the answer's fields."""

    compiler: Compiler
    node: str
    shape: PageShape
    limit: str
    inner: Scope
    count: str
    gathered: list[str] = field(default_factory=list)

    def nodes(self, made: Json) -> Json:
        """A list of what is made of each row, in the answer's order."""
        return ("[", Value(self._gather("page_nodes", json=sql_of(made), direction=self.shape.direction_told)), "]")

    def cursor_of(self, *, last: bool) -> Json:
        """The cursor of the page's first or last row."""
        template = "page_last" if last is not self.shape.backward else "page_first"
        key, row_id = (
            self._gather(template, column=column, direction=self.shape.direction) for column in ("row_key", "row_id")
        )
        text = cursor(self.shape.of, key, row_id, timed=self.shape.timed)
        return (Value(f"""coalesce('"' || {text} || '"', 'null')"""),)

    def more(self) -> Json:
        """Whether there are rows behind the last one that was read."""
        return (Value(self._gather("page_more")),)

    def _gather(self, template: str, **words: str) -> str:
        name = f"g{len(self.gathered)}"
        self.gathered.append(f"{SQL[template].format(row=self.inner.row, limit=self.limit, **words)} AS {name}")
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
    json = sql_of(_connection(parts, declared.target, at.bodies))
    gathered, shown, joins = "".join(f"{each}, " for each in parts.gathered), inner.shown(), inner.joined()
    used = [name for name in columns_used(row, gathered, shown, joins) if name not in _OF_THE_PAGE]
    tells = shown != NOTHING_SHOWN
    select = SQL["page"].format(
        **shape._asdict() | {"limit": limit, "where": where, "beyond": placed(shape.beyond)},
        json=json,
        gathered=gathered or "count(*) AS rows, ",  # one row whatever is asked of it
        columns="".join(f"{shape.alias}.{name}, " for name in used),
        row=row,
        joins=joins,
        shown=SQL["page_shown"].format(shown=shown, row=row, limit=limit) if tells else shown,
    )
    at.scope.joins[row] = Join(row, select, tells=tells, missing=None, kinds=None)
    return f"{row}.j"


def _connection(parts: _Parts, kind: str, bodies: list[SelectionSetNode]) -> Json:
    fields: list[tuple[str, Json]] = []
    for key, nodes in parts.compiler.collector.fields(kind, bodies).items():
        inner = [node.selection_set for node in nodes if node.selection_set is not None]
        match nodes[0].name.value:
            case "__typename":
                made: Json = (f'"{kind}"',)
            case "nodes":
                made = parts.nodes(_node(parts, inner))
            case "edges":
                made = parts.nodes(_edge(parts, kind.replace("Connection", "Edge"), inner))
            case "pageInfo":
                made = _page_info(parts, inner)
            case "totalCount":
                made = (Value(f"{parts.count}::text"),)
            case other:
                raise Unplannable(f"{kind}.{other}")
        fields.append((key, made))
    return object_of(fields)


def _node(parts: _Parts, bodies: list[SelectionSetNode]) -> Json:
    return parts.compiler.row(parts.node, bodies, parts.inner)


def _edge(parts: _Parts, kind: str, bodies: list[SelectionSetNode]) -> Json:
    row = parts.inner.row
    fields: list[tuple[str, Json]] = []
    for key, nodes in parts.compiler.collector.fields(kind, bodies).items():
        match nodes[0].name.value:
            case "__typename":
                made: Json = (f'"{kind}"',)
            case "cursor":
                text = cursor(parts.shape.of, f"{row}.row_key", f"{row}.row_id", timed=parts.shape.timed)
                made = ('"', Value(text), '"')
            case "node":
                made = _node(parts, [node.selection_set for node in nodes if node.selection_set is not None])
            case other:
                raise Unplannable(f"{kind}.{other}")
        fields.append((key, made))
    return object_of(fields)


def _page_info(parts: _Parts, bodies: list[SelectionSetNode]) -> Json:
    shape = parts.shape
    fields: list[tuple[str, Json]] = []
    for key, nodes in parts.compiler.collector.fields("PageInfo", bodies).items():
        match nodes[0].name.value:
            case "__typename":
                made: Json = ('"PageInfo"',)
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
        fields.append((key, made))
    return object_of(fields)


def _truth(value: bool) -> Json:  # noqa: FBT001  (a value, no switch)
    return ("true" if value else "false",)
