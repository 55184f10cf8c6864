"""A file is read in one sitting, a function in one look."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.architecture.sources import ROOMS, Function, functions_in, python_files, text_of

FILE_LINES_MAX = 300
FUNCTION_LINES_MAX = 40
FUNCTION_LINES_HARD_MAX = 70

LONGER_FILES: dict[str, str] = {
    "contracts/vocabulary.py": "a list of words: it grows by words, never by logic",
    "services/case/publish.py": "a list of facts and of what each is told as: one bridge, in one place",
    "services/case/queries/rows.py": "a list of tables' columns: it grows by columns, never by logic",
}
LONGER_FUNCTIONS: dict[str, str] = {}
"""Path and name of each justified exception, and why. No exception goes beyond the hard limit."""


def lines_of(function: Function) -> int:
    """Lines from `def` to the end, the docstring left out."""
    length = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        length -= (first.end_lineno or first.lineno) - first.lineno + 1
    return length


def name_of(path: Path, function: Function) -> str:
    return f"{path}:{function.name}"


def test_no_file_is_longer_than_it_may_be() -> None:
    lengths = {str(path): len(text_of(path).splitlines()) for path in python_files(*ROOMS, "tests")}
    assert {path: n for path, n in lengths.items() if n > FILE_LINES_MAX and path not in LONGER_FILES} == {}


def test_no_function_is_longer_than_it_may_be() -> None:
    lengths = {
        name_of(path, function): lines_of(function) for path in python_files(*ROOMS) for function in functions_in(path)
    }
    assert {name: n for name, n in lengths.items() if n > FUNCTION_LINES_MAX and name not in LONGER_FUNCTIONS} == {}
    assert {name: n for name, n in lengths.items() if n > FUNCTION_LINES_HARD_MAX} == {}


def test_a_test_function_is_no_longer_than_the_hard_limit() -> None:
    lengths = {
        name_of(path, function): lines_of(function) for path in python_files("tests") for function in functions_in(path)
    }
    assert {name: n for name, n in lengths.items() if n > FUNCTION_LINES_HARD_MAX} == {}


def test_every_exception_is_still_needed() -> None:
    for path in LONGER_FILES:
        assert len(text_of(Path(path)).splitlines()) > FILE_LINES_MAX, path
