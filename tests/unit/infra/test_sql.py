"""Statements by name out of .sql files."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.sql import sql_files, statement_name, statements


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> tuple[str, Path]:
    name = f"sql_of_{request.node.name}"
    folder = tmp_path / name
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    return name, folder


def test_each_block_is_a_statement_under_its_name(package: tuple[str, Path]) -> None:
    name, folder = package
    (folder / "b.sql").write_text("-- Comment.\n\n-- name: one\nSELECT 1;\n-- name: two\n-- why\nSELECT $1\n  + 2;\n")
    (folder / "a.sql").write_text("-- name: three\nSELECT 3\n")
    (folder / "c.txt").write_text("-- name: four\nSELECT 4\n")
    found = statements(name)
    assert found == {"three": "SELECT 3", "one": "SELECT 1", "two": "-- why\nSELECT $1\n  + 2"}
    assert statement_name(found["two"]) == "two"
    assert statement_name("SELECT 5") is None
    assert [file for file, _ in sql_files(name)] == ["a.sql", "b.sql"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("-- name: one\nSELECT 1\n-- name: one\nSELECT 2", "stands twice"),
        ("-- name: one\n-- name: two\nSELECT 2", "is empty"),
        ("SELECT 1;\n-- name: two\nSELECT 2", "stands before"),
    ],
)
def test_a_file_that_is_not_of_this_form_is_an_error(package: tuple[str, Path], text: str, fault: str) -> None:
    name, folder = package
    (folder / "a.sql").write_text(text)
    with pytest.raises(ValueError, match=fault):
        statements(name)
