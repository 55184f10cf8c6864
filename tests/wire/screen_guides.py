"""What the guides in docs/api/screens show of a client's document: its text, what it costs and every field it asks for.

A guide is written by hand; between `<!-- document NAME -->` and `<!-- end -->` stands what is made here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    parse,
    print_ast,
    visit,
)

from tests.wire.api_reference import linked, one_line

BLOCK = re.compile(r"<!-- document (\w+) -->\n.*?<!-- end -->", re.DOTALL)


def filled(guide: str, documents: Mapping[str, str], schema: GraphQLSchema) -> str:
    """The guide with every block made anew; raises KeyError naming an operation that no document has."""
    operations = _operations(documents)

    def block(found: re.Match[str]) -> str:
        name = found[1]
        return f"<!-- document {name} -->\n{_shown(operations[name], schema)}\n<!-- end -->"

    return BLOCK.sub(block, guide)


def shown_in(guide: str) -> list[str]:
    """The operations a guide shows."""
    return BLOCK.findall(guide)


def operation_names(documents: Mapping[str, str]) -> set[str]:
    """Every operation of the clients' documents."""
    return set(_operations(documents))


def _operations(documents: Mapping[str, str]) -> dict[str, DocumentNode]:
    """Each operation by name, as a document with the fragments it spreads."""
    found: dict[str, DocumentNode] = {}
    for text in documents.values():
        document = parse(text)
        fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
        for each in document.definitions:
            if isinstance(each, OperationDefinitionNode) and each.name is not None:
                spread = sorted(_spread(each, fragments))
                found[each.name.value] = DocumentNode(definitions=(*(fragments[name] for name in spread), each))
    return found


def _spread(node: Any, fragments: Mapping[str, FragmentDefinitionNode]) -> set[str]:
    names: set[str] = set()

    class Spreads(Visitor):
        def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> None:
            name = node.name.value
            if name not in names:
                names.add(name)
                names.update(_spread(fragments[name], fragments))

    visit(node, Spreads())
    return names


def _shown(document: DocumentNode, schema: GraphQLSchema) -> str:
    lines = ["```graphql", print_ast(document), "```", "", "| asks for | type | what |", "|---|---|---|"]
    lines += [f"| `{name}` | {kind} | {said} |" for name, kind, said in _fields(document, schema)]
    return "\n".join(lines)


def _fields(document: DocumentNode, schema: GraphQLSchema) -> Iterator[tuple[str, str, str]]:
    """Every field that is asked for, once, as `Type.field`, in the order of the document."""
    rows: dict[str, tuple[str, str]] = {}
    info = TypeInfo(schema)

    class Fields(Visitor):
        def enter_field(self, node: FieldNode, *_: Any) -> None:
            parent, field = info.get_parent_type(), info.get_field_def()
            if parent is not None and field is not None and node.name.value != "__typename":
                name = f"{get_named_type(parent).name}.{node.name.value}"
                rows.setdefault(name, (linked(field.type, "../reference/"), one_line(field.description)))

    operation, fragments = document.definitions[-1], document.definitions[:-1]
    visit(DocumentNode(definitions=(operation, *fragments)), TypeInfoVisitor(info, Fields()))
    for name, (kind, said) in rows.items():
        yield name, kind, said
