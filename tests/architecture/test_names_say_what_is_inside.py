"""House rules about names: files, rooms, commands, reactions, migrations, tests."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import contracts
from tests.architecture.sources import ROOMS, ROOT, SERVICES, functions_in, kept_files, python_files, text_of, tree_of

SHAPELESS = {"util", "utils", "helper", "helpers", "common", "base", "manager", "managers", "exceptions", "misc"}
MIGRATION = re.compile(r"\d{12}(_[a-z0-9]+){3,}\.sql")
REACTION = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*_on_[a-z0-9]+(_[a-z0-9]+)*")
TEST_WORDS_MIN = 3
FUNCTIONS = (ast.AsyncFunctionDef, ast.FunctionDef)


def files_in(folder: str) -> list[Path]:
    """The modules of that folder of each service, without the room's sign."""
    wanted = {("services", service, folder) for service in SERVICES}
    return [path for path in python_files("services") if path.parts[:3] in wanted and path.stem != "__init__"]


def public_coroutines(path: Path) -> list[str]:
    return [
        node.name
        for node in tree_of(path).body
        if isinstance(node, ast.AsyncFunctionDef) and not node.name.startswith("_")
    ]


def test_no_file_or_folder_has_a_name_for_anything() -> None:
    shapeless = [path for path in python_files(*ROOMS, "tests") if {*path.parts[:-1], path.stem} & SHAPELESS]
    assert shapeless == []


def test_every_room_has_a_sign_that_says_what_it_is() -> None:
    signs = [path for path in python_files(*ROOMS) if path.name == "__init__.py"]
    assert [str(path) for path in signs if not ast.get_docstring(tree_of(path))] == []


def test_every_folder_of_python_files_is_a_package() -> None:
    folders = {path.parent for path in python_files(*ROOMS)}
    assert [str(folder) for folder in sorted(folders) if not (ROOT / folder / "__init__.py").is_file()] == []


def test_a_command_file_has_one_public_use_case_named_like_the_file() -> None:
    for path in files_in("commands"):
        coroutines = public_coroutines(path)
        declares_command = any(isinstance(node, ast.ClassDef) and is_command(node, path) for node in tree_of(path).body)
        if declares_command:
            assert coroutines == [path.stem], f"{path}: {coroutines}"


def is_command(node: ast.ClassDef, path: Path) -> bool:
    """A command struct is named like its file: ResolveCase in resolve_case.py."""
    return node.name.lower() == path.stem.replace("_", "")


def test_a_reaction_is_named_after_its_effect_and_its_cause() -> None:
    assert files_in("reactions")
    for path in files_in("reactions"):
        handlers = [node.name for node in tree_of(path).body if isinstance(node, FUNCTIONS) and is_handler(node)]
        if handlers:
            assert REACTION.fullmatch(path.stem), path
            assert handlers == [path.stem], f"{path}: {handlers}"


def is_handler(node: ast.AsyncFunctionDef | ast.FunctionDef) -> bool:
    """A reaction is handed a message and the context of the command that it becomes."""
    names = {argument.arg for argument in node.args.args}
    return {"message", "context"} <= names and not node.name.startswith("_")


def test_a_migration_is_dated_and_says_what_is_so_from_then_on() -> None:
    migrations = [
        path
        for path in kept_files()
        if path.suffix == ".sql" and "migrations" in path.parent.name and path.parts[0] in ROOMS
    ]
    assert migrations
    assert [str(path) for path in migrations if not MIGRATION.fullmatch(path.name)] == []


def test_a_test_is_named_by_a_sentence() -> None:
    short = [
        f"{path}:{function.name}"
        for path in python_files("tests")
        for function in functions_in(path)
        if function.name.startswith("test_") and len(function.name.split("_")) <= TEST_WORDS_MIN
    ]
    assert short == []


def test_contracts_are_ours_and_not_a_package_of_that_name_from_elsewhere() -> None:
    assert contracts.__file__ is not None
    assert Path(contracts.__file__).resolve() == ROOT / "contracts" / "__init__.py"


def test_our_own_code_is_never_mocked() -> None:
    mocking = re.compile(r"^\s*(from|import) (unittest\.mock|mock|pytest_mock)\b", re.MULTILINE)
    assert [str(path) for path in python_files("tests") if mocking.search(text_of(path))] == []
