"""Values at the ends of what scalars of the schema take, forged cursors, and the documents that bring them."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from random import Random  # noqa: TID251  (a type: hypothesis makes them)
from typing import Any

import orjson
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
)

ONE_OF = frozenset({"AsOf", "CaseBy", "CustomerBy", "CustomerRef"})
EXTREME_ONE_IN = 3
MOMENTS = (
    "1900-01-01T00:00:00Z",
    "9900-12-31T23:59:59.999Z",
    "0001-01-01T00:00:00Z",
    "0001-01-01T23:59:59-23:59",
    "9999-12-31T23:59:59.999999999Z",
    "2026-03-02T09:30:00+23:59",
    "1969-12-31T23:59:59Z",
)
TEXTS = (
    "",
    " ",
    "\0",
    "a\0b",
    "a\0b",
    "a\0b",
    "é" * 300,
    "²",
    "\uff11",
    "-1",
    "0",
    "9" * 18,
    "9" * 19,
    "x" * 20_000,
    "%_\\",
    "\ufffe\u202e",
)
EXTREMES: dict[str, Sequence[Any]] = {
    "Int": (0, -1, 1, 100, 101, 2**31 - 1, -(2**31)),
    "Float": (0, -0.0, 1e308, -1e308, 5e-324),
    "Boolean": (True, False),
    "DateTime": MOMENTS,
    "Decimal": ("0", "-1", "-0.00", "9" * 40, "0." + "0" * 37 + "1", "92233720368547758.07", "92233720368547758.08"),
    "CurrencyCode": ("EUR", "XXX", "JPY"),
    "LanguageTag": ("nl", "zh-Hant-TW", "aaaaaaaa-bbbbbbbb-cccccccc-dddddd"),
    "TimeZone": ("Europe/Amsterdam", "Pacific/Kiritimati", "UTC"),
    "URL": ("http://x", "https://shop.example/" + "x" * 1900),
    "JSON": ({}, [], None, "\0", {"\0": {"a": [1e308, -(2**63), "x" * 5000]}}, 10**18),
    "String": TEXTS,
}
ORDINARY: dict[str, Any] = {
    "Int": 1,
    "Float": 1.0,
    "Boolean": True,
    "DateTime": "2026-03-02T09:30:00Z",
    "Decimal": "5.00",
    "CurrencyCode": "EUR",
    "LanguageTag": "nl",
    "TimeZone": "Europe/Amsterdam",
    "URL": "https://shop.example",
    "JSON": {},
    "String": "goodwill",
}
KEYS = (None, "", "\0", "x", "1", "-1", "1e9", "²", "9" * 30, "infinity", "-infinity", "NaN", "now", "epoch", *MOMENTS)
KEYS_OF_TIME = ("294277-01-01 00:00:00+00", "4714-01-01 00:00:00+00 BC", "2026-03-02 09:30:00+15:59:59", "10:00")
ROW_IDS = (None, "", "x", "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff")


@dataclass
class Around:
    """What there is: ids by type; of fields with lists, cursors and the arguments they were got with."""

    ids: Mapping[str, Sequence[str]]
    cursors: Mapping[str, Sequence[tuple[str, dict[str, Any]]]]


def forged(random: Random, cursor: str) -> str:
    """A cursor with something else in it, or with a part of it spoilt."""
    raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    match random.randint(0, 3):
        case 0:
            raw = raw[: random.randint(0, len(raw))]
        case 1:
            place = random.randrange(len(raw))
            raw = raw[:place] + bytes([random.randrange(256)]) + raw[place + 1 :]
        case _ if raw[:1] == b"[":
            of, key, row_id = orjson.loads(raw)
            head, _, rest = str(key).partition(" ")
            keys = [*KEYS, *KEYS_OF_TIME, f"{head} 0", f"{random.choice(MOMENTS)} {rest}", f"{head} {'9' * 9}"]
            changed = [of, random.choice(keys), row_id if random.randint(0, 2) else random.choice(ROW_IDS)]
            raw = orjson.dumps(changed)
        case _:
            raw = raw.partition(b":")[0] + b":" + str(random.choice(KEYS)).encode()
    return urlsafe_b64encode(raw).decode().rstrip("=")


@dataclass
class Extremes:
    """Makes requests of one field, valid as far as the schema says, with values that nobody expects."""

    random: Random
    schema: GraphQLSchema
    around: Around

    def request(self, parent: str, name: str) -> tuple[str, dict[str, Any]]:
        """A document that asks for the field of this type, and its variables."""
        kind = self.schema.type_map[parent]
        assert isinstance(kind, GraphQLObjectType)
        field = kind.fields[name]
        values = {key: self.value(each.type, key) for key, each in field.args.items() if self._given(each.type)}
        values |= self._forged(name, values)
        declared = [f"${key}: {each.type}" for key, each in field.args.items()]
        passed = ", ".join(f"{key}: ${key}" for key in field.args)
        asked = f"{name}({passed}){_inside(field)}"
        if parent in {"Query", "Mutation"}:
            return f"{parent.lower()} ({', '.join(declared)}) {{ {asked} }}", values
        declared.append("$node: ID!")
        if parent == "CaseState":
            values["node"] = self.random.choice(self.around.ids["Case"])
            inside = f"caseAsOf(id: $node, asOf: {{version: 1}}) {{ {asked} }}"
        else:
            values["node"] = self.random.choice(self.around.ids[parent])
            inside = f"node(id: $node) {{ ... on {parent} {{ {asked} }} }}"
        return f"query ({', '.join(declared)}) {{ {inside} }}", values

    def _forged(self, name: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Cursors of the field's list among the arguments that are given, and what they were got with."""
        known = self.around.cursors.get(name)
        found: dict[str, Any] = {}
        for key in ("after", "before"):
            if known and key in given and self.random.randint(0, 9):
                cursor, beside = self.random.choice(known)
                found |= {other: value for other, value in beside.items() if other in given}
                found[key] = forged(self.random, cursor)
        return found

    def _given(self, kind: Any) -> bool:
        return isinstance(kind, GraphQLNonNull) or self.random.randint(0, 2) > 0

    def value(self, kind: Any, key: str) -> Any:
        """A value of the type for an argument, or a field of an input, of that name."""
        if isinstance(kind, GraphQLNonNull):
            return self.value(kind.of_type, key)
        if isinstance(kind, GraphQLList):
            return [self.value(kind.of_type, key) for _ in range(self.random.randint(0, 2))]
        if isinstance(kind, GraphQLEnumType):
            return self.random.choice(sorted(kind.values))
        if isinstance(kind, GraphQLInputObjectType):
            return self._input(kind)
        return self._scalar(kind.name, key)

    def _input(self, kind: GraphQLInputObjectType) -> dict[str, Any]:
        fields = kind.fields
        if kind.name in ONE_OF:
            name = self.random.choice(sorted(fields))
            return {name: self.value(fields[name].type, name)}
        given = {key: each for key, each in fields.items() if key not in {"and", "or"} and self._given(each.type)}
        return {key: self.value(each.type, key) for key, each in given.items()}

    def _scalar(self, kind: str, key: str) -> Any:
        extreme = self.random.randint(1, EXTREME_ONE_IN) == 1
        if kind == "ID":
            return self._id(key, extreme=extreme)
        if key == "idempotencyKey" and not extreme:
            return str(self.random.getrandbits(120))
        return self.random.choice(EXTREMES[kind]) if extreme else ORDINARY[kind]

    def _id(self, key: str, *, extreme: bool) -> str:
        every = [each for ids in self.around.ids.values() for each in ids]
        if not extreme:
            named = key.removesuffix("s").removesuffix("Id")
            fitting = [each for kind, ids in self.around.ids.items() if kind.lower() in named.lower() for each in ids]
            return self.random.choice(fitting or every)
        made = urlsafe_b64decode((one := self.random.choice(every)) + "=" * (-len(one) % 4)).partition(b":")[0]
        names = (b"", b"\0", b"x", b"\xff", b"\xed\xa0\x80", b"0" * 36, b"{" + b"0" * 32 + b"}", b"x" * 280)
        bent = urlsafe_b64encode(made + b":" + self.random.choice(names)).decode().rstrip("=")
        return self.random.choice([bent, self.random.choice(every), *TEXTS])


def _inside(field: GraphQLField) -> str:
    """What is asked of the field: enough that its rows are read."""
    named = get_named_type(field.type)
    if is_leaf_type(named):
        return ""
    if not isinstance(named, GraphQLObjectType) or not {"nodes", "errors"} & named.fields.keys():
        return " { __typename }"
    return " { nodes { __typename } }" if "nodes" in named.fields else " { errors { code path } }"


def with_arguments(schema: GraphQLSchema) -> list[tuple[str, str]]:
    """Fields of one answer that take arguments, by their types."""
    kinds = [each for each in schema.type_map.values() if isinstance(each, GraphQLObjectType)]
    return [
        (kind.name, name)
        for kind in kinds
        if not kind.name.startswith("__") and kind is not schema.subscription_type
        for name, field in kind.fields.items()
        if field.args
    ]


def lists(schema: GraphQLSchema) -> list[tuple[str, str, dict[str, Any], str]]:
    """Connections: type, field, and arguments to get their first cursors with, as values and as they are written.

    Those that can be sorted are here once for every order.
    """
    found: list[tuple[str, str, dict[str, Any], str]] = []
    for parent, name in with_arguments(schema):
        kind = schema.type_map[parent]
        assert isinstance(kind, GraphQLObjectType)
        field = kind.fields[name]
        if "after" not in field.args or not str(get_named_type(field.type)).endswith("Connection"):
            continue
        needed = {"accessLog": "(where: {})", "customers": '(search: "parcel")'}.get(name, "")
        if "orderBy" not in field.args:
            found.append((parent, name, {}, needed))
            continue
        order = get_named_type(field.args["orderBy"].type)
        assert isinstance(order, GraphQLInputObjectType)
        ways = [get_named_type(order.fields[each].type) for each in ("field", "direction")]
        by, direction = (sorted(each.values) for each in ways if isinstance(each, GraphQLEnumType))
        for one, way in product(by, direction):
            written = f"(orderBy: {{field: {one}, direction: {way}}})"
            found.append((parent, name, {"orderBy": {"field": one, "direction": way}}, written))
    return found
