"""What a subscription asks for that can be answered once for several: its document, its subject and its values."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

import orjson
from graphql import (
    ASTValidationRule,
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLField,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    Visitor,
    specified_rules,
    visit,
)
from graphql.execution.values import get_argument_values, get_variable_values
from strawberry.schema.schema import validate_document

from contracts.vocabulary import id_of
from services.case.graphql.access import QueryRefusedError
from services.case.graphql.asked_fields import AskedFields, AskedFor
from services.case.graphql.context import RequestContext
from services.case.graphql.documents import DOCUMENTS_KEPT_MAX, operation_of, parsed
from services.case.graphql.ids import IdType
from services.case.graphql.requests import Asked
from services.case.graphql.subscription import (
    case_item,
    customer_item,
    in_inbox,
    inbox_item,
    position_after,
    subject_of,
)
from services.case.graphql.watched import sight_of
from services.case.queries.changes import Topic, Whose
from services.case.queries.rows import ChangeRow

AFTER = "after"
Item: TypeAlias = Callable[[RequestContext, ChangeRow, UUID], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A field that can be followed. `argument`: names its subject, by an id of the kind; None: the viewer's own inbox.

    `item`: what subscribers are told of a fact, of which `concerns` says whether it is anything.
    """

    whose: Whose
    item: Item
    argument: tuple[str, IdType] | None = None
    concerns: Callable[[ChangeRow, UUID], bool] = lambda _change, _subject: True


KINDS = {
    "caseEvents": Kind(Whose.CASE, case_item, ("caseId", IdType.CASE)),
    "customerEvents": Kind(Whose.CUSTOMER, customer_item, ("customerId", IdType.CUSTOMER)),
    "inboxEvents": Kind(Whose.AGENT, inbox_item, concerns=in_inbox),
}
"""Not `viewerEvents`: what concerns somebody personally is alike for nobody else."""


@dataclass(frozen=True, slots=True)
class Followable:
    """A document of one field that can be followed. `resumed_by`: the variable that says where to go on."""

    tree: DocumentNode
    operation: OperationDefinitionNode
    node: FieldNode
    field: GraphQLField
    kind: Kind
    asked: AskedFor
    resumed_by: str | None


@dataclass(frozen=True, slots=True)
class Followed:
    """One subscription. `key`: alike for those who are told the same, unless it is looked at who the viewer is."""

    document: Followable
    request: Asked
    topic: Topic
    subject_id: UUID
    position: int | None
    key: Hashable


class Followables:
    """Recent documents, by text and operation."""

    def __init__(self, schema: GraphQLSchema, rules: list[type[ASTValidationRule]]) -> None:
        self.schema = schema
        self._rules = (*specified_rules, *rules)
        self._asked_fields = AskedFields()
        self._known: OrderedDict[tuple[str, str | None], Followable | None] = OrderedDict()

    def followed(self, context: RequestContext, request: Asked) -> Followed | None:
        """What somebody wants to follow, or None: Strawberry answers it, or says what is wrong with it."""
        document = self._of(request.query, request.operation_name)
        if document is None:
            return None
        given = get_variable_values(self.schema, document.operation.variable_definitions or (), request.variables)
        if isinstance(given, list):
            return None
        try:
            arguments = get_argument_values(document.field, document.node, given)
            subject_id = _subject(context, document.kind, arguments)
            topic = Topic(document.kind.whose, subject_id)
            position = position_after(context, topic, arguments.get(AFTER))
            values = _values(document, request.variables)
        except (GraphQLError, QueryRefusedError, TypeError):
            return None
        key = (request.query, request.operation_name, values, subject_id, sight_of(context.principal))
        return Followed(document, request, topic, subject_id, position, key)

    def _of(self, text: str, name: str | None) -> Followable | None:
        key = (text, name)
        if key in self._known:
            self._known.move_to_end(key)
            return self._known[key]
        found = self._known[key] = self._read(text, name)
        if len(self._known) > DOCUMENTS_KEPT_MAX:
            self._known.popitem(last=False)
        return found

    def _read(self, text: str, name: str | None) -> Followable | None:
        try:
            tree = parsed(text)
            operation = operation_of(tree, name)
            if operation is None or operation.operation is not OperationType.SUBSCRIPTION:
                return None
            if validate_document(self.schema, tree, self._rules):
                return None
        except GraphQLError:
            return None
        node, root = operation.selection_set.selections[0], self.schema.subscription_type
        if not isinstance(node, FieldNode) or node.name.value not in KINDS or root is None:
            return None
        asked = self._asked_fields.of(self.schema, text, tree, name)
        found, kind = root.fields[node.name.value], KINDS[node.name.value]
        return Followable(tree, operation, node, found, kind, asked, _resumed_by(tree, node))


def _subject(context: RequestContext, kind: Kind, arguments: dict[str, Any]) -> UUID:
    if kind.argument is None:
        return id_of("agent", context.principal.subject)
    name, of = kind.argument
    return subject_of(context, of, arguments[name])


def _values(document: Followable, variables: dict[str, Any]) -> bytes:
    """What the variables say, apart from the place to go on from: unlike values have unlike bytes.

    Raises:
        TypeError: a value is none of JSON's.
    """
    declared = {each.variable.name.value for each in document.operation.variable_definitions or ()}
    told = {name: value for name, value in variables.items() if name in declared and name != document.resumed_by}
    return orjson.dumps(told, option=orjson.OPT_SORT_KEYS)


def _resumed_by(tree: DocumentNode, node: FieldNode) -> str | None:
    """The variable that is `after` and stands nowhere else in the document, so that no item depends on it."""
    value = next((each.value for each in node.arguments or () if each.name.value == AFTER), None)
    if not isinstance(value, VariableNode):
        return None
    counting = _Counting(value.name.value)
    visit(tree, counting)
    return value.name.value if counting.found == len(("declared", "used")) else None


class _Counting(Visitor):
    """Counts where a variable stands."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.found = 0
        self._name = name

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        """A variable, declared or used."""
        self.found += node.name.value == self._name
