"""The reference of the API, made from the printed schema: one page per kind of name.

Shapes: `reference(schema)` gives `{file name: markdown}`. Every type has a heading of its own, so that a field's type
links to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLType,
    GraphQLUnionType,
    get_named_type,
    is_introspection_type,
    is_specified_scalar_type,
    print_ast,
)

PAGES = {
    "queries.md": "What can be asked",
    "mutations.md": "What can be done",
    "subscriptions.md": "What can be listened to",
    "objects.md": "Objects",
    "interfaces-and-unions.md": "Interfaces and unions",
    "inputs.md": "Inputs",
    "enums.md": "Enums",
    "scalars.md": "Scalars",
}

ROOTS = {"Query": "queries.md", "Mutation": "mutations.md", "Subscription": "subscriptions.md"}

MADE = "<!-- Made from contracts/schema.graphql by `just schemas`; a change here is lost. -->"


def reference(schema: GraphQLSchema) -> dict[str, str]:
    """The text of every page, by its file name."""
    found: dict[str, list[str]] = {name: [f"# {title}", "", MADE, ""] for name, title in PAGES.items()}
    for name, kind in sorted(schema.type_map.items()):
        if is_introspection_type(kind) or is_specified_scalar_type(kind):
            continue
        found[page_of(kind)] += [*_entry(name, kind), ""]
    return {name: "\n".join(lines).rstrip() + "\n" for name, lines in found.items()}


def page_of(kind: GraphQLNamedType) -> str:
    """The file that describes a type.

    Raises TypeError for a kind GraphQL does not have.
    """
    match kind:
        case GraphQLObjectType():
            return ROOTS.get(kind.name, "objects.md")
        case GraphQLInterfaceType() | GraphQLUnionType():
            return "interfaces-and-unions.md"
        case GraphQLInputObjectType():
            return "inputs.md"
        case GraphQLEnumType():
            return "enums.md"
        case GraphQLScalarType():
            return "scalars.md"
        case _:
            raise TypeError(f"no page for {kind!r}")


def linked(kind: GraphQLType, folder: str = "") -> str:
    """The type as it is written, linked to where it is described; `folder` is the way to the reference."""
    named = get_named_type(kind)
    if is_specified_scalar_type(named):
        return f"`{kind}`"
    return f"[`{kind}`]({folder}{page_of(named)}#{named.name.lower()})"


def one_line(text: str | None) -> str:
    """A description in one cell of a table."""
    return " ".join((text or "").split()).replace("|", "\\|")


def _entry(name: str, kind: GraphQLNamedType) -> Iterator[str]:
    yield from ([] if name in ROOTS else [f"## {name}", ""])
    if kind.description and name not in ROOTS:
        yield from [" ".join(kind.description.split()), ""]
    match kind:
        case GraphQLObjectType() if name in ROOTS:
            for field_name, field in sorted(kind.fields.items()):
                yield from _operation(field_name, field)
        case GraphQLObjectType() | GraphQLInterfaceType():
            yield from _interfaces(kind.interfaces)
            yield from _table(("field", "type", "what"), (_field_row(*each) for each in sorted(kind.fields.items())))
        case GraphQLInputObjectType():
            yield from _table(("field", "type", "what"), (_input_row(*each) for each in sorted(kind.fields.items())))
        case GraphQLEnumType():
            yield from _table(
                ("value", "what"),
                ((f"`{value}`", one_line(each.description)) for value, each in sorted(kind.values.items())),
            )
        case GraphQLUnionType():
            yield "One of " + ", ".join(linked(each) for each in kind.types) + "."
        case _:
            return


def _interfaces(interfaces: Iterable[GraphQLInterfaceType]) -> Iterator[str]:
    names = [linked(each) for each in interfaces]
    if names:
        yield from ["Implements " + ", ".join(names) + ".", ""]


def _operation(name: str, field: GraphQLField) -> Iterator[str]:
    yield from [f"## {name}", "", f"Gives {linked(field.type)}. {one_line(field.description)}".rstrip(), ""]
    wanted = get_named_type(field.args["input"].type) if list(field.args) == ["input"] else None
    parts = wanted.fields if isinstance(wanted, GraphQLInputObjectType) else field.args
    if parts:
        heads = ("argument" if wanted is None else "input", "type", "what")
        yield from _table(heads, (_input_row(*each) for each in parts.items()))
        yield ""
    yield from _payload(field)


def _payload(field: GraphQLField) -> Iterator[str]:
    """The fields of a mutation's payload, beside its input: whoever reads of one needs the other."""
    payload = get_named_type(field.type)
    if isinstance(payload, GraphQLObjectType) and payload.name.endswith("Payload"):
        yield from _table(("answer", "type", "what"), (_field_row(*each) for each in sorted(payload.fields.items())))
        yield ""


def _field_row(name: str, field: GraphQLField) -> tuple[str, ...]:
    arguments = ", ".join(f"{each}: {argument.type}" for each, argument in field.args.items())
    said = one_line(field.description)
    if field.deprecation_reason:
        said = f"**Deprecated:** {one_line(field.deprecation_reason)} {said}"
    return (f"`{name}({arguments})`" if arguments else f"`{name}`", linked(field.type), said)


def _input_row(name: str, part: GraphQLArgument | GraphQLInputField) -> tuple[str, ...]:
    default = part.default
    shown = f" = `{print_ast(default.literal)}`" if default is not None and default.literal is not None else ""
    return (f"`{name}`", linked(part.type) + shown, one_line(part.description))


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield "| " + " | ".join(heads) + " |"
    yield "|" + "---|" * len(heads)
    for row in rows:
        yield "| " + " | ".join(row) + " |"
