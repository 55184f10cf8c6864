"""What a document asks for, in the words of the access log; worked out once per document, never per request."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    separate_operations,
    visit,
)

from services.case.domain.access import AccessAction
from services.case.graphql.documents import DOCUMENTS_KEPT_MAX

NAME_LENGTH_MAX = 100

_ACTIONS = {
    "cases": AccessAction.LIST,
    "inbox": AccessAction.LIST,
    "agents": AccessAction.LIST,
    "approvals": AccessAction.LIST,
    "commitments": AccessAction.LIST,
    "gestureReviews": AccessAction.LIST,
    "incidents": AccessAction.LIST,
    "mentions": AccessAction.LIST,
    "publications": AccessAction.LIST,
    "accessLog": AccessAction.LIST,
    "eventProof": AccessAction.PROOF,
}
"""By root field; the others read."""

_STRONGEST_FIRST = (AccessAction.SUBSCRIBE, AccessAction.PROOF, AccessAction.LIST, AccessAction.READ)
_OWN = frozenset({"viewer", "__schema", "__type", "__typename"})
"""Root fields that show no customer and no case."""

_PLUMBING = ("Connection", "Edge", "PageInfo")


@dataclass(frozen=True, slots=True)
class AskedFor:
    """One operation: its name or else its first root field, what it does, and the fields it asks for (`Case.subject`).

    `tells`: whether it is on record even where it showed nobody. `names`: of those fields, without their types.
    """

    operation: str
    action: AccessAction
    tells: bool
    fields: tuple[str, ...]
    names: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", frozenset(each.partition(".")[2] for each in self.fields))


class AskedFields:
    """Remembers recent documents of one schema. What `@skip` leaves out counts as asked for."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str | None], AskedFor] = OrderedDict()

    def of(self, schema: GraphQLSchema, text: str, document: DocumentNode, name: str | None) -> AskedFor:
        """What the operation of that name in a valid document asks for. `text`: the document as it came."""
        key = (text, name)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = _asked_for(schema, document, name)
            if len(self._known) > DOCUMENTS_KEPT_MAX:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(key)
        return found


def _asked_for(schema: GraphQLSchema, document: DocumentNode, name: str | None) -> AskedFor:
    parts = separate_operations(document)
    alone = parts[name or ""] if (name or "") in parts else next(iter(parts.values()))
    operation = next(part for part in alone.definitions if isinstance(part, OperationDefinitionNode))
    gathering = _Gathering(TypeInfo(schema))
    visit(alone, TypeInfoVisitor(gathering.types, gathering))
    roots = sorted(gathering.roots - _OWN)
    if operation.operation is OperationType.SUBSCRIPTION:
        actions = {AccessAction.SUBSCRIBE}
    else:
        actions = {_ACTIONS.get(root, AccessAction.READ) for root in roots}
    named = operation.name.value if operation.name else next(_written_roots(operation), "")
    return AskedFor(
        operation=named[:NAME_LENGTH_MAX],
        action=next((action for action in _STRONGEST_FIRST if action in actions), AccessAction.READ),
        tells=bool(roots) and operation.operation is OperationType.QUERY,
        fields=tuple(sorted(gathering.fields)),
    )


def _written_roots(operation: OperationDefinitionNode) -> Iterator[str]:
    return (field.name.value for field in operation.selection_set.selections if isinstance(field, FieldNode))


class _Gathering(Visitor):
    """Walks one operation and notes its fields, those of the root apart."""

    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self.types = types
        self.roots: set[str] = set()
        self.fields: set[str] = set()
        schema = types._schema  # noqa: SLF001  (it has no other door to what it was made of)
        self._root_types = {schema.query_type, schema.mutation_type, schema.subscription_type}

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        """One field of the operation or of a fragment it uses."""
        parent, name = self.types.get_parent_type(), node.name.value
        if parent in self._root_types:
            self.roots.add(name)
        elif parent is not None and not name.startswith("__") and not parent.name.endswith(_PLUMBING):
            self.fields.add(f"{parent.name}.{name}")
