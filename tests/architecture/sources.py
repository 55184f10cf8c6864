"""The project's own files, as the architecture tests read them."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("contracts", "infra", "services")
SERVICES = ("case", "channels", "routing")


@cache
def kept_files() -> tuple[Path, ...]:
    """Every file that is or would be kept in git, relative to the root."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    found = (Path(line) for line in listing.stdout.splitlines())
    return tuple(sorted(path for path in found if (ROOT / path).is_file()))


def python_files(*tops: str) -> list[Path]:
    return [path for path in kept_files() if path.suffix == ".py" and path.parts[0] in tops]


@cache
def text_of(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(text_of(path), filename=str(path))


Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions_in(path: Path) -> Iterator[Function]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def calls_in(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call):
            yield node


@cache
def modules_of(package: str) -> tuple[ModuleType, ...]:
    """Every module of a package, imported. `__main__` is left alone: it would start something."""
    top = importlib.import_module(package)
    names = (found.name for found in pkgutil.walk_packages(top.__path__, f"{package}."))
    return (top, *(importlib.import_module(name) for name in names if not name.endswith(".__main__")))


def module_at(name: str) -> ModuleType | None:
    """A module by name, or None where there is no such file yet."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name == name:
            return None
        raise
