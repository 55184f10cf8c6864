"""Documents and their plans: each is read once, and planned once per mask, flags and shape of its arguments."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import strawberry
from graphql import (
    ASTValidationRule,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLField,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    specified_rules,
)
from graphql.execution.values import VariableValues, get_argument_values
from strawberry.schema.schema import validate_document
from strawberry.types.arguments import convert_arguments

from infra import metrics
from services.case.graphql.asked_fields import AskedFields, AskedFor
from services.case.graphql.compiled.collecting import Collector
from services.case.graphql.compiled.compiler import Compiler
from services.case.graphql.compiled.declaring import TypeMap, Unplannable
from services.case.graphql.compiled.policies import Mask
from services.case.graphql.compiled.reading import Asked, planned
from services.case.graphql.compiled.starting import quick_of
from services.case.graphql.compiled.values import OfOperation, OfSite
from services.case.graphql.compiled.variables import Given, Variables, flags_of, keep, variables_of
from services.case.graphql.documents import DOCUMENTS_KEPT_MAX, parsed

VARIANTS_MAX = 16
"""Of one document: masks times values of its flags."""
PLANS_MAX = 16
"""Of one variant: shapes of its arguments."""
OF_VALUES = frozenset({"refused", "minPosition"})
"""Why one request is not planned though others of the same document are."""
_DEFINITION = "strawberry-definition"


@dataclass(frozen=True, slots=True)
class Plan:
    """A statement, and where its values are from."""

    sql: str
    sources: tuple[OfSite | OfOperation, ...]


@dataclass(slots=True)
class _Site:
    """A field with arguments, `names` the variables among them. `asked`: what it always asks for, where there are none.

    `known`: what it asks for by their values. `quick`: the only variable, and what it asks for by that as it came.
    """

    read: Any
    definition: GraphQLField
    node: FieldNode
    names: tuple[str, ...]
    asked: Asked | None = None
    quick: tuple[str, Any] | None = None
    known: dict[Any, Asked] = field(default_factory=dict)


@dataclass(slots=True)
class _Variant:
    sites: list[_Site] = field(default_factory=list)
    plans: dict[tuple[Any, ...], Plan] = field(default_factory=dict)
    unplannable: str | None = None


class Document:
    """One operation of a valid document."""

    def __init__(
        self,
        schema: strawberry.Schema,
        types: TypeMap,
        tree: DocumentNode,
        operation: OperationDefinitionNode,
        asked: AskedFor,
    ) -> None:
        self.asked = asked
        self.field = next(
            (part.name.value for part in operation.selection_set.selections if isinstance(part, FieldNode)), "other"
        )
        self.duration = metrics.graphql_duration.labels(self.field)
        self._schema = schema
        self._core: GraphQLSchema = schema._schema  # noqa: SLF001  (the library has no other door to its GraphQL types)
        self._types = types
        self._selections = operation.selection_set
        self._variables = Variables(self._core, operation.variable_definitions or ())
        declared = {each.variable.name.value for each in operation.variable_definitions or ()}
        self._flags = tuple(sorted(flags_of(tree) & declared))
        self._fragments = {
            part.name.value: part for part in tree.definitions if isinstance(part, FragmentDefinitionNode)
        }
        self._variants: dict[Any, _Variant] = {}

    def planned(self, variables: dict[str, Any], mask: Mask) -> tuple[Plan, list[Any]]:
        """The plan for these variables, and its values in order (those of the operation as `OfOperation`).

        Raises:
            Unplannable: Strawberry answers this.
        """
        given = self._variables.given(variables)
        key = (mask, *[given.value(name) for name in self._flags]) if self._flags else mask
        variant = self._variants.get(key)
        if variant is None:
            return self._first(key, given, mask)
        if variant.unplannable is not None:
            raise Unplannable(variant.unplannable)
        asked = [site.asked or self._asked(site, given) for site in variant.sites]
        plan = variant.plans.get(tuple([each.shape for each in asked]))
        if plan is None:
            plan = self._compiled(variant, given, mask)
        return plan, _values(plan, asked)

    def _first(self, key: Any, given: Given, mask: Mask) -> tuple[Plan, list[Any]]:
        variant = _Variant()
        try:
            plan = self._compiled(variant, given, mask)
        except Unplannable as unplannable:
            if unplannable.why in OF_VALUES:
                raise
            variant.unplannable = unplannable.why
            self._keep(key, variant)
            raise
        self._keep(key, variant)
        return plan, _values(plan, [site.asked or self._asked(site, given) for site in variant.sites])

    def _keep(self, key: Any, variant: _Variant) -> None:
        if len(self._variants) >= VARIANTS_MAX:
            self._variants.clear()
        self._variants[key] = variant

    def _compiled(self, variant: _Variant, given: Given, mask: Mask) -> Plan:
        flags = {name: given.value(name) for name in self._flags}
        sites = _Sites(self._site, lambda site: self._asked(site, given))
        compiler = self._compiler(Collector(self._core, self._fragments, flags), sites, mask)
        sql = compiler.compiled(self._selections)
        if len(variant.plans) >= PLANS_MAX:
            variant.plans.clear()
        variant.sites = sites.found
        plan = Plan(sql, tuple(compiler.parameters.sources))
        variant.plans[tuple(asked.shape for asked in sites.asked)] = plan
        return plan

    def _compiler(self, collector: Collector, sites: _Sites, mask: Mask) -> Compiler:
        return Compiler(self._core, self._types, collector, sites, mask)

    def _site(self, read: Any, definition: GraphQLField, node: FieldNode) -> _Site:
        names = tuple(sorted({name for each in node.arguments or () for name in variables_of(each)}))
        site = _Site(read, definition, node, names, quick=quick_of(read, node))
        if not names:
            site.asked = self._read(site, None)
        return site

    def _asked(self, site: _Site, given: Given) -> Asked:
        if site.quick is not None:
            name, reading = site.quick
            value = given.value(name)
            if value.__class__ is str and value:
                return planned(reading, value)
        key = given.key(site.names)
        found = None if key is None else site.known.get(key)
        if found is None:
            found = self._read(site, given.coerced(site.names))
            if key is not None:
                keep(site.known, key, found)
        return found

    def _read(self, site: _Site, coerced: VariableValues | None) -> Asked:
        try:
            given = get_argument_values(site.definition, site.node, coerced)
            made = convert_arguments(
                given,
                site.definition.extensions[_DEFINITION].arguments,
                self._schema.schema_converter.scalar_registry,
                self._schema.config,
            )
        except GraphQLError:
            raise Unplannable("refused") from None
        return planned(site.read, made)


class _Sites:
    """The places with arguments that one compilation meets, each once."""

    def __init__(self, site: Any, ask: Any) -> None:
        self.found: list[_Site] = []
        self.asked: list[Asked] = []
        self._numbers: dict[tuple[int, str], int] = {}
        self._site = site
        self._ask = ask

    def ask(self, read: Any, definition: GraphQLField, node: FieldNode) -> tuple[int, Asked]:
        """What the field asks for, and the number of its place."""
        key = (id(node), read.__name__)
        if key not in self._numbers:
            self._numbers[key] = len(self.found)
            site = self._site(read, definition, node)
            self.found.append(site)
            self.asked.append(site.asked or self._ask(site))
        number = self._numbers[key]
        return number, self.asked[number]


def _values(plan: Plan, asked: list[Asked]) -> list[Any]:
    return [
        source if isinstance(source, OfOperation) else asked[source.site].values[source.number]
        for source in plan.sources
    ]


class Documents:
    """Recent documents, by text and operation. `kinds`: what is made of which operations; others are not planned."""

    def __init__(
        self,
        schema: strawberry.Schema,
        types: TypeMap,
        rules: list[type[ASTValidationRule]],
        kinds: Mapping[OperationType, type[Document]],
    ) -> None:
        self._schema = schema
        self._types = types
        self._kinds = kinds
        self._rules = (*specified_rules, *rules)
        self._asked_fields = AskedFields()
        self._known: OrderedDict[tuple[str, str | None], Document | str] = OrderedDict()

    def of(self, text: str, name: str | None) -> Document:
        """The operation of this name in the document.

        Raises:
            Unplannable: it is none that a plan could answer.
        """
        key = (text, name)
        found = self._known.get(key)
        if found is None:
            found = self._read(text, name)
            self._known[key] = found
            if len(self._known) > DOCUMENTS_KEPT_MAX:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(key)
        if isinstance(found, str):
            raise Unplannable(found)
        return found

    def _read(self, text: str, name: str | None) -> Document | str:
        core = self._schema._schema  # noqa: SLF001  (the library has no other door to its GraphQL types)
        try:
            tree = parsed(text)
            if validate_document(core, tree, self._rules):
                return "invalid"
        except GraphQLError:
            return "invalid"
        operations = [part for part in tree.definitions if isinstance(part, OperationDefinitionNode)]
        named = [part for part in operations if name is None or (part.name is not None and part.name.value == name)]
        if len(named) != 1:
            return "invalid"
        kind = self._kinds.get(named[0].operation)
        if kind is None:
            return str(named[0].operation.value)
        asked = self._asked_fields.of(core, text, tree, named[0].name.value if named[0].name else None)
        try:
            return kind(self._schema, self._types, tree, named[0], asked)
        except Unplannable as unplannable:
            return unplannable.why
