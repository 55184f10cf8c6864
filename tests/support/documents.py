"""The clients' documents, one operation at a time, as a client's compiler sends them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from graphql import FragmentDefinitionNode, Node, OperationDefinitionNode, parse, print_ast

DOCUMENTS = Path(__file__).parents[1] / "clients" / "documents"


@cache
def operation_text(name: str) -> str:
    """One operation of the clients' documents with the fragments of its file that it needs, verbatim."""
    for path in sorted(DOCUMENTS.glob("*.graphql")):
        definitions = parse(path.read_text()).definitions
        fragments = {d.name.value: d for d in definitions if isinstance(d, FragmentDefinitionNode)}
        for definition in definitions:
            if isinstance(definition, OperationDefinitionNode) and definition.name and definition.name.value == name:
                needed: dict[str, FragmentDefinitionNode] = {}
                _gather(definition, fragments, needed)
                return "\n".join(print_ast(node) for node in (definition, *needed.values()))
    raise LookupError(name)


def _gather(
    node: Node, fragments: dict[str, FragmentDefinitionNode], needed: dict[str, FragmentDefinitionNode]
) -> None:
    """Add the fragments that a node spreads, and those that these spread."""
    for name in re.findall(r"\.\.\.\s*([A-Za-z_]\w*)", print_ast(node)):
        if name != "on" and name not in needed:
            needed[name] = fragments[name]
            _gather(fragments[name], fragments, needed)
