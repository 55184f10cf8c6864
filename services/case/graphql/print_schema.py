"""Prints contracts/schema.graphql: `python -m services.case.graphql.print_schema`. A difference in it is a decision."""

from __future__ import annotations

from pathlib import Path

from services.case.graphql.schema import make_schema, printed

SCHEMA = Path(__file__).parents[3] / "contracts" / "schema.graphql"

if __name__ == "__main__":
    SCHEMA.write_text(printed(make_schema()), encoding="utf-8")
