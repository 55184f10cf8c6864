"""Prints contracts/schema.graphql and subgraph.graphql: `python -m services.case.graphql.print_schema`.

A difference in them is a decision.
"""

from __future__ import annotations

from pathlib import Path

from services.case.graphql.schema import make_schema, printed
from services.case.graphql.subgraph import subgraph_sdl

SCHEMA = Path(__file__).parents[3] / "contracts" / "schema.graphql"

SUBGRAPH = SCHEMA.with_name("subgraph.graphql")

if __name__ == "__main__":
    plain = printed(make_schema())
    SCHEMA.write_text(plain, encoding="utf-8")
    SUBGRAPH.write_text(subgraph_sdl(plain), encoding="utf-8")
