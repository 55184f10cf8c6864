"""docs/api/reference and the documents shown in docs/api/screens are what the schema says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.wire.print_api_docs import DOCS, documents, wanted
from tests.wire.screen_guides import operation_names, shown_in

SOURCE = Path(__file__).parents[2] / "services" / "case" / "graphql"
CODE_GIVEN = re.compile(
    r"""(?:BadRequestError\(|QueryRefusedError\(|_refused\(|_problem\(|"code": )[^()]*?"([A-Z_]{5,})\""""
)
LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)(?:#([^)]+))?\)")


def test_every_page_is_as_it_would_be_printed() -> None:
    behind = [path.name for path, text in wanted().items() if not path.exists() or path.read_text("utf-8") != text]
    assert not behind, "run `just schemas`"


def test_there_is_no_page_that_nothing_prints() -> None:
    assert set((DOCS / "reference").glob("*")) == {each for each in wanted() if each.parent.name == "reference"}


def test_every_document_of_a_client_stands_in_one_guide() -> None:
    guides = [each.read_text("utf-8") for each in (DOCS / "screens").glob("*.md")]
    shown = [name for guide in guides for name in shown_in(guide)]
    assert sorted(shown) == sorted(operation_names(documents()))


def test_every_code_of_a_top_level_error_is_documented_and_no_other() -> None:
    source = "".join(each.read_text("utf-8") for each in SOURCE.rglob("*.py"))
    given = set(CODE_GIVEN.findall(source)) | {"INTERNAL_SERVER_ERROR"}
    errors = (DOCS / "README.md").read_text("utf-8").partition("\n## Errors\n")[2].partition("\n\n")[0]
    told = set(re.findall(r"`([A-Z_]{5,})`", errors))
    assert given == told


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: str(page.relative_to(DOCS)))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    for target, anchor in LINK.findall(page.read_text("utf-8")):
        found = (page.parent / target).resolve()
        assert found.exists(), f"{page.name}: {target}"
        if anchor and found.suffix == ".md":
            heads = {
                line.lstrip("#").strip().lower() for line in found.read_text("utf-8").splitlines() if line[:1] == "#"
            }
            assert anchor in {re.sub(r"[^\w -]", "", head).replace(" ", "-") for head in heads}, f"{target}#{anchor}"
