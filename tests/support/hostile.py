"""Documents made to hurt a GraphQL server, each small enough to be sent."""

from __future__ import annotations

_LEVELS = 14

HOSTILE: dict[str, str] = {
    "one field written 900 times": "{ " + "viewer { id } " * 400 + "}",
    "one small field compared with itself": "{ " + "cases { nodes { id } } " * 250 + "}",
    "aliases": "{ " + " ".join(f"a{n}: viewer {{ id }}" for n in range(200)) + " }",
    "deep nesting": "{ cases { nodes "
    + "{ customer { cases { nodes " * _LEVELS
    + "{ id }"
    + " } } }" * _LEVELS
    + " } }",
    "lists within lists": "{ cases(first: 100) { nodes { customer { timeline(first: 100) { nodes { id } } } } } }",
    "a fragment within itself": "{ ...A } fragment A on Query { viewer { id } ...A }",
    "fragments in a circle": "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
    "fragments that double": "{ ...F0 } "
    + " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(40))
    + " fragment F40 on Query { viewer { id } }",
    "a chain of fragments": "{ ...F0 } "
    + " ".join(f"fragment F{n} on Query {{ ...F{n + 1} }}" for n in range(200))
    + " fragment F200 on Query { viewer { id } }",
    "tokens": "{ " + "a " * 5_000 + "}",
    "directives": "{ viewer " + "@include(if: true) " * 350 + "{ id } }",
    "variables": "query(" + " ".join(f"$v{n}: Int" for n in range(600)) + ") { viewer { id } }",
    "a body of its own size": "{ viewer { id } } #" + "x" * 300_000,
    "braces": "{" * 1_500,
    "an argument of brackets": "{ nodes(ids: " + "[" * 900 + "]" * 900 + ") { id } }",
    "many unknown names": "{ " + " ".join(f"unknown{n}" for n in range(900)) + " }",
    "the schema within the schema": "{ __schema { types " + "{ fields { type " * 12 + "{ name }" + " } }" * 12 + " } }",
}
"""By what is wrong with each."""
