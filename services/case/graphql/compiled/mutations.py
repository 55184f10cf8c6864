"""Mutations whose payload a plan answers: the resolver is called as Strawberry would, what it shows is looked up.

What Strawberry must say, errors above all, it says out of the payload that was made: nothing is done twice.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Self

import strawberry
from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    NameNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    get_nullable_type,
)
from graphql.execution.values import get_argument_values, get_variable_values
from strawberry.types.arguments import convert_arguments

from services.case.graphql.asked_fields import AskedFor
from services.case.graphql.compiled.coercing import Coercion, NotPlainError
from services.case.graphql.compiled.collecting import Collector
from services.case.graphql.compiled.compiler import Compiler, Sites
from services.case.graphql.compiled.declaring import One, TypeMap, Unplannable
from services.case.graphql.compiled.documents import Document
from services.case.graphql.compiled.policies import ANYBODY, Mask
from services.case.graphql.compiled.relations import one
from services.case.graphql.compiled.scopes import Scope, Selected
from services.case.graphql.compiled.sql import SQL
from services.case.graphql.compiled.variables import Variables, variables_of
from services.case.graphql.compiled.wire import shows_case, shows_customer
from services.case.graphql.compiled.written import Json, relation, sql_of

if TYPE_CHECKING:
    from services.case.graphql.context import RequestContext

ERRORS = "errors"
_DEFINITION = "strawberry-definition"
_LEAVES = {"Int": "int4", "Boolean": "bool", "String": "text", "ID": "text"}
_ROWS = {
    "Case": ("case_id", "", shows_case()),
    "Customer": ("customer_id", "", shows_customer()),
    "Agent": ("agent_id", "", None),
    **{
        kind: ("entry_id", f" AND {{a}}.kind = '{kind.upper()}'", shows_case())
        for kind in ("Contact", "Note", "Gesture", "Assignment", "Commitment")
    },
}
"""What a payload points at, by type: the column of its id, what else holds of its row, what the access log is told."""


class MutationDocument(Document):
    """A valid mutation with one field, as most are."""

    def __init__(
        self,
        schema: strawberry.Schema,
        types: TypeMap,
        tree: DocumentNode,
        operation: OperationDefinitionNode,
        asked: AskedFor,
    ) -> None:
        super().__init__(schema, types, tree, operation, asked)
        node, *others = operation.selection_set.selections
        mutations = self._core.mutation_type
        if others or not isinstance(node, FieldNode) or node.directives or node.selection_set is None or not mutations:
            raise Unplannable("mutation")
        self.key = (node.alias or node.name).value
        self._node = node
        self._definition: GraphQLField = mutations.fields[node.name.value]
        self._selections = node.selection_set
        resolver = self._definition.extensions[_DEFINITION].base_resolver
        self._resolve: Callable[..., Awaitable[Any]] = resolver.wrapped_func
        self._info = resolver.info_parameter.name
        self._declared = self._definition.extensions[_DEFINITION].arguments
        self._divide(operation)
        self._coercion = Coercion.of(node, self._definition.args, self._declared, self._input, schema.config)

    def _divide(self, operation: OperationDefinitionNode) -> None:
        """The variables of the input apart from the others: no value of it is kept, for it may hold anything."""
        asked = {name for each in self._node.arguments or () for name in variables_of(each)}
        shown = variables_of(self._selections).union(*map(variables_of, self._fragments.values()))
        declared = operation.variable_definitions or ()
        self._input = [each for each in declared if each.variable.name.value in asked]
        self._variables = Variables(self._core, [each for each in declared if each.variable.name.value not in asked])
        if asked & shown:
            raise Unplannable("mutation")

    def arguments(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The resolver's arguments, coerced and made as Strawberry does.

        Raises:
            Unplannable: they are not what the schema says; Strawberry tells what is wrong.
        """
        if self._coercion is not None:
            try:
                return self._coercion.arguments(variables)
            except NotPlainError:
                pass
        coerced = get_variable_values(self._core, self._input, dict(variables))
        if isinstance(coerced, list):
            raise Unplannable("variables")
        try:
            given = get_argument_values(self._definition, self._node, coerced)
        except GraphQLError:
            raise Unplannable("refused") from None
        return convert_arguments(
            given, self._declared, self._schema.schema_converter.scalar_registry, self._schema.config
        )

    async def carried_out(self, info: Any, arguments: dict[str, Any]) -> Any:
        """The payload. `info`: as much of the library's as resolvers ask for.

        Raises:
            Exception: what the resolver raised, of which Strawberry makes an error.
        """
        return await self._resolve(None, **{self._info: info}, **arguments)

    def _compiler(self, collector: Collector, sites: Sites, mask: Mask) -> Compiler:
        payload = get_named_type(self._definition.type)
        if not isinstance(payload, GraphQLObjectType):
            raise Unplannable("mutation")
        return _PayloadCompiler(self._core, self._types, collector, sites, mask).of(payload)


class _PayloadCompiler(Compiler):
    """Compiles what is selected of a payload. What it holds itself is bound; what it points at is looked up."""

    def of(self, payload: GraphQLObjectType) -> Self:
        """The same, of a payload of this type."""
        self._payload = payload
        self._pointed = set[str]()
        return self

    def compiled(self, selections: SelectionSetNode) -> str:
        """The statement of a payload's selections.

        What the payload points at counts as shown, whether anything of it is asked for or not.
        """
        root = Scope(row="r0")
        json = self.object(self._payload.name, [selections], root, {"t": "r0"})
        for name in self._payload.fields.keys() - self._pointed:
            if getattr(get_nullable_type(self._payload.fields[name].type), "name", "") in _ROWS:
                node = FieldNode(name=NameNode(value=name))
                self._field(Selected(kind=self._payload.name, nodes=[node], scope=root, names={"t": "r0"}))
        return SQL["answer"].format(json=sql_of(json), shown=root.shown(), joins=root.joined())

    def _field(self, at: Selected) -> Json:
        if at.kind != self._payload.name or at.name == "__typename":
            return super()._field(at)
        if at.name == ERRORS:
            return ("[]",)  # a payload that has any is Strawberry's
        field = self._payload.fields[at.name]
        definition = field.extensions[_DEFINITION]
        name = getattr(get_nullable_type(field.type), "name", "")
        if definition.base_resolver is not None or not (name in _LEAVES or name in _ROWS):
            raise Unplannable(f"{at.kind}.{at.name}")
        if name in _LEAVES:
            held = self.parameters.of_payload(definition.python_name, _LEAVES[name])
            return relation(f"to_json({held})::text", field.type)
        self._pointed.add(at.name)
        column, beside, shows = _ROWS[name]
        on = f"{{a}}.{column} = {self.parameters.of_payload(definition.python_name, 'uuid')}{beside}"
        return relation(one(self, One(target=name, on=on, policy=ANYBODY, shows=shows), at), field.type)


def answer_what_was_made(schema: GraphQLSchema) -> None:
    """Let Strawberry's resolvers of mutations answer what was done for this operation already, where something was."""
    for field in schema.mutation_type.fields.values() if schema.mutation_type else ():
        field.resolve = _made_or(field.resolve)


def _made_or(resolve: Any) -> Callable[..., Any]:
    def resolved(source: Any, info: Any, **arguments: Any) -> Any:
        context: RequestContext = info.context
        return resolve(source, info, **arguments) if context.made is None else context.made.told(context.make)

    return resolved
