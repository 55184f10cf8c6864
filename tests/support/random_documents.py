"""Valid documents of the desk's schema at random, with their variables: fragments, aliases, flags, pages, filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random  # noqa: TID251  (a type: hypothesis makes them)
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_non_null_type,
    is_required_argument,
)

from services.case.graphql.compiled.declaring import Mapped
from services.case.graphql.compiled.roots import TYPES

DEPTH_MAX = 6
FIELDS_MAX = 6
FIELDS_OF_ALL_MAX = 70
UNPLANNED_ONE_IN = 60
"""Of so many fields one may be any of its type."""
ROOTS = ("viewer", "customer", "case", "cases", "inbox", "agents", "commitments", "approvals", "node")
ONE_OF = {"CustomerBy", "CaseBy"}
MUTATIONS = (
    *("caseNoteAdd", "customerNoteAdd") * 3,
    *("casePrioritySet", "caseTagsSet", "caseWait", "caseReopen", "caseResolve", "commitmentMake", "customerUpdate"),
)
LEFT_OUT = {"history"}
"""It reads the event store: nothing of it is planned, and much of a document would be of it."""


@dataclass
class Known:
    """What documents may name: ids by what they are of, cursors, and anything that is none."""

    ids: Sequence[str]
    customers: Sequence[str]
    cases: Sequence[str]
    numbers: Sequence[str]
    handles: Sequence[dict[str, str]]
    cursors: Mapping[str, Sequence[str]]
    moments: Sequence[str]
    tags: Sequence[str]


@dataclass
class Written:
    """A document and its variables."""

    text: str
    variables: dict[str, Any]


@dataclass
class _Writer:
    random: Random
    schema: GraphQLSchema
    known: Known
    definitions: list[str] = field(default_factory=list)
    variables: dict[str, Any] = field(default_factory=dict)
    fragments: list[str] = field(default_factory=list)
    fields: int = 0
    names: int = 0

    def name(self, prefix: str) -> str:
        self.names += 1
        return f"{prefix}{self.names}"

    def chance(self, one_in: int) -> bool:
        return self.random.randint(1, one_in) == 1

    # -- selections

    def selection(self, kind: Any, depth: int) -> str:
        parts = [self.part(kind, depth) for _ in range(self.random.randint(1, FIELDS_MAX))]
        if self.chance(4):
            parts.append(self.fragment(kind, depth))
        return "{ " + " ".join(part for part in parts if part) + " __typename }"

    def part(self, kind: Any, depth: int) -> str:
        if isinstance(kind, GraphQLUnionType) or (isinstance(kind, GraphQLInterfaceType) and self.chance(2)):
            concrete = self.random.choice(sorted(self.schema.get_possible_types(kind), key=lambda t: t.name))
            return f"... on {concrete.name} {self.selection(concrete, depth)}" if self.room(depth) else "__typename"
        if isinstance(kind, GraphQLUnionType):
            return "__typename"
        names = self.likely(kind.name, sorted(name for name in kind.fields if name not in LEFT_OUT))
        preferred = [name for name in names if not is_leaf_type(get_named_type(kind.fields[name].type))]
        pool = preferred if preferred and self.chance(2) else names
        return self.field(kind.fields, self.random.choice(pool), depth)

    def likely(self, kind: str, names: Sequence[str]) -> Sequence[str]:
        """Mostly what a plan can read: one field that it cannot, and the whole document is Strawberry's."""
        mapped = TYPES.get(kind)
        if not isinstance(mapped, Mapped) or self.chance(UNPLANNED_ONE_IN):
            return names
        return [name for name in names if name in mapped.fields] or names

    def room(self, depth: int) -> bool:
        return depth > 0 and self.fields < FIELDS_OF_ALL_MAX

    def field(self, fields: dict[str, GraphQLField], name: str, depth: int) -> str:
        found = fields[name]
        named = get_named_type(found.type)
        leaf = is_leaf_type(named)
        if not leaf and not self.room(depth):
            return ""
        self.fields += 1
        arguments = self.arguments(found, name)
        # Whatever has arguments has a name of its own, so that no two of them are to be merged.
        alias = f"{self.name('a')}: " if arguments or self.chance(5) else ""
        inner = "" if leaf else " " + self.selection(named, depth - 1)
        if not leaf and alias == "":
            alias = f"{self.name('b')}: "
        return f"{alias}{name}{arguments}{self.flag()}{inner}"

    def fragment(self, kind: Any, depth: int) -> str:
        if not self.room(depth):
            return "__typename"
        body = self.selection(kind, depth - 1)
        if self.chance(2):
            return f"...{self.flag()} {body}" if self.chance(2) else f"... on {kind.name}{self.flag()} {body}"
        name = self.name("F")
        self.fragments.append(f"fragment {name} on {kind.name} {body}")
        return f"...{name}{self.flag()}"

    def flag(self) -> str:
        if not self.chance(8):
            return ""
        which = self.random.choice(["include", "skip"])
        value = self.random.random() < 0.5
        if self.chance(2):
            return f" @{which}(if: {'true' if value else 'false'})"
        return f" @{which}(if: {self.variable('Boolean!', value)})"

    # -- arguments

    def variable(self, kind: str, value: Any) -> str:
        name = self.name("v")
        self.definitions.append(f"${name}: {kind}")
        if value is not None or kind.endswith("!") or self.chance(2):
            self.variables[name] = value
        return f"${name}"

    def arguments(self, found: GraphQLField, name: str) -> str:
        given: list[str] = []
        for key, argument in found.args.items():
            if not is_required_argument(argument) and not self.chance(40 if key == "minPosition" else 3):
                continue
            if key == "last" and any(each.startswith("first") for each in given) and not self.chance(10):
                continue
            value = self.value(argument.type, key, name)
            if value is None and is_non_null_type(argument.type):
                continue
            if self.chance(2):
                given.append(f"{key}: {self.variable(str(argument.type), value)}")
            else:
                given.append(f"{key}: {literal(value, argument.type)}")
        return f"({', '.join(given)})" if given else ""

    def value(self, kind: Any, key: str, owner: str) -> Any:
        if is_non_null_type(kind):
            return self.present(kind.of_type, key, owner)
        return None if self.chance(6) else self.present(kind, key, owner)

    def present(self, kind: Any, key: str, owner: str) -> Any:
        if isinstance(kind, GraphQLNonNull):
            return self.present(kind.of_type, key, owner)
        if isinstance(kind, GraphQLList):
            return [self.present(kind.of_type, key, owner) for _ in range(self.random.randint(0, 3))]
        if isinstance(kind, GraphQLEnumType):
            return self.random.choice(sorted(kind.values))
        if isinstance(kind, GraphQLInputObjectType):
            return self.input(kind, owner)
        return self.scalar(kind.name, key, owner)

    def input(self, kind: GraphQLInputObjectType, owner: str) -> dict[str, Any]:
        if kind.name == "HandleInput":
            return dict(self.random.choice(self.known.handles))
        if kind.name in ONE_OF:
            key = self.random.choice(sorted(kind.fields))
            return {key: self.present(kind.fields[key].type, key, owner)}
        made = {}
        for key, each in kind.fields.items():
            nested = key in {"and", "or"}
            if is_non_null_type(each.type) or self.chance(12 if nested else 5):
                made[key] = self.value(each.type, key, owner)
        return made

    def scalar(self, kind: str, key: str, owner: str) -> Any:
        known = self.known
        if kind == "Int":
            return self.random.choice([101, -1]) if self.chance(30) else self.random.choice([0, 1, 2, 3, 5, 25, 100])
        if kind == "Boolean":
            return self.random.random() < 0.5
        if kind == "DateTime":
            return self.random.choice(known.moments)
        if kind == "ID":
            pool = {"customer": known.customers, "case": known.cases, "caseId": known.cases}
            mine = pool.get(owner if key == "id" else key, known.ids)
            return self.random.choice(known.ids if self.chance(25) else mine)
        if key in {"after", "before"}:
            return self.random.choice((known.cursors.get(owner) or ["none"]) if not self.chance(15) else ["none", ""])
        return self.random.choice({"number": known.numbers, "tag": known.tags}.get(key, known.numbers))


def literal(value: Any, kind: Any) -> str:
    """A value as it stands in a document."""
    named = get_named_type(kind)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ", ".join(literal(each, named) for each in value) + "]"
    if isinstance(value, dict):
        assert isinstance(named, GraphQLInputObjectType)
        return "{" + ", ".join(f"{key}: {literal(each, named.fields[key].type)}" for key, each in value.items()) + "}"
    if isinstance(named, GraphQLEnumType) or isinstance(value, int):
        return str(value)
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def document(random: Random, schema: GraphQLSchema, known: Known) -> Written:
    """One query."""
    writer = _Writer(random, schema, known)
    root = schema.query_type
    assert isinstance(root, GraphQLObjectType)
    parts = [writer.field(root.fields, random.choice(ROOTS), DEPTH_MAX) for _ in range(random.randint(1, 2))]
    head = f"({', '.join(writer.definitions)})" if writer.definitions else ""
    body = " ".join(part for part in parts if part) or "__typename"
    return Written(" ".join([f"query Q{head} {{ {body} }}", *writer.fragments]), writer.variables)


def mutation(random: Random, schema: GraphQLSchema, known: Known, key: str) -> Written:
    """One mutation, to be done once however often it is asked for: its idempotency key is `key`."""
    writer = _Writer(random, schema, known)
    assert schema.mutation_type is not None
    name = random.choice(MUTATIONS)
    found = schema.mutation_type.fields[name]
    kind = get_named_type(found.args["input"].type)
    assert isinstance(kind, GraphQLInputObjectType)
    value = {**writer.input(kind, name), "idempotencyKey": key}
    given = writer.variable(f"{kind.name}!", value) if writer.chance(2) else literal(value, kind)
    body = f"{name}(input: {given}) {writer.selection(get_named_type(found.type), DEPTH_MAX - 1)}"
    head = f"({', '.join(writer.definitions)})" if writer.definitions else ""
    return Written(" ".join([f"mutation M{head} {{ {body} }}", *writer.fragments]), writer.variables)
