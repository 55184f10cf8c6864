"""Writes docs/api/reference and fills docs/api/screens: `python -m tests.wire.print_api_docs`.

They are made from the printed schema and from the clients' documents, and a test says when they are behind.
"""

from __future__ import annotations

from pathlib import Path

from graphql import build_schema

from tests.wire.api_reference import reference
from tests.wire.screen_guides import filled

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs" / "api"
DOCUMENTS = ROOT / "tests" / "clients" / "documents"


def documents() -> dict[str, str]:
    """The clients' documents, by their file's name."""
    return {each.stem: each.read_text(encoding="utf-8") for each in sorted(DOCUMENTS.glob("*.graphql"))}


def wanted() -> dict[Path, str]:
    """The text of every page, by where it is kept."""
    schema = build_schema((ROOT / "contracts" / "schema.graphql").read_text(encoding="utf-8"))
    pages = {DOCS / "reference" / name: text for name, text in reference(schema).items()}
    for guide in sorted((DOCS / "screens").glob("*.md")):
        pages[guide] = filled(guide.read_text(encoding="utf-8"), documents(), schema)
    return pages


if __name__ == "__main__":
    (DOCS / "reference").mkdir(exist_ok=True)
    for path, text in wanted().items():
        path.write_text(text, encoding="utf-8")
