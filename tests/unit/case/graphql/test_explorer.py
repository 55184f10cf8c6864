"""The page to try documents on: its examples are good, and it needs nobody else's host."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
from graphql import parse, validate
from litestar import Litestar

from services.case.graphql.explorer import FILES, KINDS, examples, explorer_routes
from services.case.graphql.schema import make_schema

SCHEMA = make_schema()._schema  # the library has no other door to its GraphQL types


@pytest.mark.parametrize("example", examples(), ids=lambda example: example["name"])
def test_an_example_is_a_document_of_this_schema(example: dict[str, str]) -> None:
    assert validate(SCHEMA, parse(example["query"])) == []
    assert isinstance(json.loads(example["variables"]), dict)


def test_the_examples_cover_reading_doing_and_listening() -> None:
    starts = {example["query"].split()[0] for example in examples()}
    assert starts == {"query", "mutation", "subscription"}


def test_the_page_asks_this_origin_alone() -> None:
    asked: list[str] = []

    class Links(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            asked.extend(value or "" for name, value in attrs if name in {"src", "href"})

    Links().feed((FILES / "page.html").read_text())
    assert asked
    assert all(link.startswith("/graphiql/") and link.removeprefix("/graphiql/") in KINDS for link in asked)
    assert "://" not in (FILES / "page.js").read_text()


def test_every_part_is_there_with_the_licence_of_what_is_not_ours() -> None:
    assert {path.name for path in FILES.iterdir()} == {*KINDS, "examples.graphql"} - {"examples.json"}
    licences = (FILES / "LICENSES.txt").read_text()
    assert licences.count("MIT License") == 2


async def test_every_part_says_what_it_is_once() -> None:
    app: Any = Litestar(explorer_routes(), openapi_config=None, logging_config=None)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk.example") as client:
        for name, kind in KINDS.items():
            said = (await client.get(f"/graphiql/{name}")).headers["content-type"]
            assert said == (f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)
