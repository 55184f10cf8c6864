"""What a document costs, told before anything of it is executed: the objects that it can bring at the most.

The rule, after GitHub's and Shopify's published ones, and after fragments are spread: every field that gives an object
costs 1, a count of a whole list 5, a mutation 10; what stands inside a list counts as often as `first` (or `last`, or
the number of `ids`) says, 10 times where the list has no size to ask for. Scalars are free.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_composite_type,
)

from services.case.graphql.documents import DOCUMENTS_KEPT_MAX, fragments_of, operation_of, parsed
from services.case.graphql.pages import PAGE_DEFAULT, PAGE_MAX

NESTING_MAX = 64
"""Levels that are looked through, spreads of fragments being levels too."""
DEPTH_MAX = 12
"""Levels of fields."""
OBJECT_COST = 1
COUNT_COST = 5
MUTATION_COST = 10
LIST_ASSUMED = 10
COUNTED = "totalCount"
ONCE = frozenset({COUNTED, "pageInfo", "__typename"})
"""Fields of a connection that stand beside its entries, not in each of them."""
SIZES = ("first", "last", "ids")
COSTS_KEPT_MAX = 64
"""Of one document, by its sizes."""

_Named = GraphQLObjectType | GraphQLInterfaceType


class TooDeepError(Exception):
    """A document with more levels of fields, or of fragments in fragments, than anybody looks through."""


@dataclass(frozen=True, slots=True)
class Part:
    """A field that costs something: `own` once, `once` once more, `each` for every entry there may be.

    `size`: a number, or the name of the variable that says it; `otherwise` where that variable is left out.
    """

    own: int
    size: int | str
    otherwise: int
    once: tuple[Part, ...]
    each: tuple[Part, ...]


NOTHING = Part(own=0, size=1, otherwise=1, once=(), each=())


@dataclass(frozen=True, slots=True)
class Priced:
    """One operation of a document, looked through once. `fields`: the names that stand anywhere in it."""

    parts: tuple[Part, ...]
    fields: frozenset[str]
    introspects: bool
    sizes: tuple[str, ...] = ()
    _costs: dict[tuple[int | None, ...], int] = field(default_factory=dict, compare=False)

    def cost(self, variables: Mapping[str, Any]) -> int:
        """What it costs with these variables, in points. Linear in the document: a fragment is reckoned once.

        Kept by what the variables say of sizes, the only thing that it depends on.
        """
        said = tuple([_size_said(variables.get(name)) for name in self.sizes])
        cost = self._costs.get(said)
        if cost is None:
            if len(self._costs) >= COSTS_KEPT_MAX:
                self._costs.clear()
            known: dict[int, int] = {}
            cost = self._costs[said] = sum(_cost(part, variables, known) for part in self.parts)
        return cost


def _cost(part: Part, variables: Mapping[str, Any], known: dict[int, int]) -> int:
    found = known.get(id(part))
    if found is None:
        once = sum(_cost(child, variables, known) for child in part.once)
        each = sum(_cost(child, variables, known) for child in part.each)
        found = known[id(part)] = part.own + once + _times(part, variables) * each
    return found


def _times(part: Part, variables: Mapping[str, Any]) -> int:
    if isinstance(part.size, int):
        return part.size
    said = _size_said(variables.get(part.size))
    return part.otherwise if said is None else said


def _size_said(value: Any) -> int | None:
    """How many entries a variable's value lets there be; None where it says nothing of it."""
    if isinstance(value, list):
        return min(len(value), PAGE_MAX)
    if isinstance(value, int) and not isinstance(value, bool):
        return max(0, min(value, PAGE_MAX))  # a size beyond is refused when it is executed
    return None


@lru_cache(maxsize=DOCUMENTS_KEPT_MAX)
def priced(schema: GraphQLSchema, document: str, operation_name: str | None) -> Priced | None:
    """A parsable document's operation; None where it is not clear which one. What the schema does not know is free.

    Raises:
        GraphQLSyntaxError: it is no document.
        TooDeepError: it has more levels than are looked through.
    """
    tree = parsed(document)
    operation = operation_of(tree, operation_name)
    return None if operation is None else _Pricing(schema, tree).operation(operation)


class _Pricing:
    """Looks one operation through. Each fragment is looked through once, and never inside itself."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._schema = schema
        self._fragments = fragments_of(document)
        self._spread: dict[str, Part] = {}
        self._fields: set[str] = set()
        self._sizes: set[str] = set()
        self._level = 0
        self._depth = 0

    def operation(self, operation: OperationDefinitionNode) -> Priced:
        """The whole operation."""
        root = self._schema.get_root_type(operation.operation)
        parts = tuple(self._parts(operation.selection_set, root))
        introspects = not self._fields.isdisjoint({"__schema", "__type"})
        sizes = tuple(sorted(self._sizes))
        return Priced(parts=parts, fields=frozenset(self._fields), introspects=introspects, sizes=sizes)

    def _parts(self, selected: SelectionSetNode, of: object) -> list[Part]:
        if self._level >= NESTING_MAX:
            raise TooDeepError
        self._level += 1
        parts = list(self._each_part(selected, of))
        self._level -= 1
        return parts

    def _each_part(self, selected: SelectionSetNode, of: object) -> Iterator[Part]:
        for node in selected.selections:
            if isinstance(node, FieldNode):
                yield from self._field(node, of)
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                kind = of if condition is None else self._schema.get_type(condition.name.value)
                yield from self._parts(node.selection_set, kind)
            elif isinstance(node, FragmentSpreadNode):
                yield self._fragment(node.name.value)

    def _fragment(self, name: str) -> Part:
        """One part for all of its spreads: fragments that spread each other twice would grow beyond any bound."""
        if name not in self._spread:
            self._spread[name] = NOTHING  # inside itself it brings nothing; validation refuses it
            found: FragmentDefinitionNode | None = self._fragments.get(name)
            if found is not None:
                kind = self._schema.get_type(found.type_condition.name.value)
                inside = tuple(self._parts(found.selection_set, kind))
                self._spread[name] = Part(own=0, size=1, otherwise=1, once=inside, each=())
        return self._spread[name]

    def _field(self, node: FieldNode, of: object) -> Iterator[Part]:
        name = node.name.value
        self._fields.add(name)
        if name.startswith("__"):
            return  # the schema itself: not of this data, and its own documents are deep
        declared = of.fields.get(name) if isinstance(of, _Named) else None
        if declared is None:
            return
        kind = get_named_type(declared.type)
        own = self._own(name, of, composite=is_composite_type(kind))
        once: list[Part] = []
        each: list[Part] = []
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise TooDeepError
        for part, beside in self._children(node, kind):
            (once if beside else each).append(part)
        self._depth -= 1
        if own or once or each:
            size, otherwise = _size(node, declared)
            if isinstance(size, str):
                self._sizes.add(size)
            yield Part(own=own, size=size, otherwise=otherwise, once=tuple(once), each=tuple(each))

    def _own(self, name: str, of: object, *, composite: bool) -> int:
        if of is self._schema.mutation_type:
            return MUTATION_COST
        if name == COUNTED:
            return COUNT_COST
        return OBJECT_COST if composite else 0

    def _children(self, node: FieldNode, kind: object) -> Iterator[tuple[Part, bool]]:
        """Parts below a field, and whether each stands beside the entries of its list."""
        if node.selection_set is None:
            return
        for child in node.selection_set.selections:
            beside = isinstance(child, FieldNode) and child.name.value in ONCE
            alone = SelectionSetNode(selections=(child,))
            for part in self._parts(alone, kind):
                yield part, beside


def _size(node: FieldNode, field: GraphQLField) -> tuple[int | str, int]:
    """How many entries there may be: a number, or a variable's name with what counts where it is left out."""
    given = {argument.name.value: argument for argument in node.arguments or ()}
    for name in SIZES:
        if name in given and name in field.args:
            default = field.args[name].default_value
            otherwise = default if isinstance(default, int) else PAGE_DEFAULT
            return _said(given[name], otherwise), otherwise
    if "first" in field.args:
        default = field.args["first"].default_value
        return (default if isinstance(default, int) else PAGE_DEFAULT), PAGE_DEFAULT
    kind = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
    # The entries of a connection are counted where its size is asked for.
    listed = isinstance(kind, GraphQLList) and node.name.value not in {"nodes", "edges"}
    return (LIST_ASSUMED if listed else 1), 1


def _said(argument: ArgumentNode, otherwise: int) -> int | str:
    value = argument.value
    if isinstance(value, IntValueNode):
        return min(int(value.value[:9]), PAGE_MAX) if not value.value.startswith("-") else 0
    if isinstance(value, ListValueNode):
        return min(len(value.values), PAGE_MAX)
    if isinstance(value, VariableNode):
        return value.name.value
    return otherwise
