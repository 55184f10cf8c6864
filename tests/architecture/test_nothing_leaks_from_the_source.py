"""Nothing of the machine it was written on, no joined SQL, no unnamed key in a log line, a span or a metric."""

from __future__ import annotations

import ast
import os
import re
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from packaging.version import Version

from infra import attributes, metrics
from tests.architecture.sources import ROOMS, calls_in, kept_files, python_files, text_of, tree_of

MACHINE_PATH = re.compile(r"(?<![\w./-])/(work|root|home/\w+|Users/\w+)/")
SQL = re.compile(
    r"\b(SELECT\b.+\bFROM|INSERT INTO|UPDATE\b.+\bSET|DELETE FROM|(CREATE|ALTER|DROP) (TABLE|ROLE|DATABASE|INDEX))\b",
    re.DOTALL,
)
SQL_JOINED_ON_PURPOSE: dict[str, str] = {
    "infra/embedded/postgres.py": "names of roles and databases are ours, and Postgres binds no identifiers",
    "infra/rebuild_copying.py": "columns of a statement of ours, of .sql files",
    "infra/row_shapes.py": "statements of ours, of .sql files, become statements for many rows",
    "infra/rebuild_writing.py": "the same: arguments as columns, under the names of types",
    "infra/rebuild_tables.py": "names of read tables and their columns are ours, and Postgres binds no identifiers",
}
"""Path of each module that joins SQL from constants of ours, and why."""

LOG_METHODS = {"debug", "info", "warning", "error", "exception", "critical"}
LOGGER_NAMES = {"log", "logger", "_log", "_logger", "LOG", "LOGGER"}

FLOORS = {
    "litestar": "2.25",
    "strawberry-graphql": "0.327.2",
    "joserfc": "1.8",
    "cryptography": "50",
    "msgspec": "0.22",
    "h11": "0.16",
    "asyncpg": "0.32",
    "nats-py": "2.16",
    "uvicorn": "0.54",
    "websockets": "17.4",
}
"""Below these, known holes: host headers, unlimited subscriptions, request smuggling, tokens taken for others."""


def text_files() -> list[Path]:
    return [path for path in kept_files() if path.suffix not in {".png", ".jpg", ".gz", ".woff2", ".ico", ".bin"}]


def test_no_path_of_one_machine_stands_in_any_file() -> None:
    mine = Path(__file__).name
    assert [str(path) for path in text_files() if path.name != mine and MACHINE_PATH.search(text_of(path))] == []


def test_no_package_registry_of_one_machine_stands_in_any_file() -> None:
    variables = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "UV_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX")
    hosts = {urlsplit(os.environ.get(variable, "")).hostname for variable in variables} - {None, "pypi.org"}
    written = [str(path) for path in text_files() for host in hosts if host and host in text_of(path)]
    assert written == []


def test_sql_is_never_joined_from_pieces_outside_its_modules() -> None:
    joined = [
        f"{path}:{node.lineno}"
        for path in python_files(*ROOMS)
        if str(path) not in SQL_JOINED_ON_PURPOSE and "sql" not in path.stem
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.JoinedStr) and SQL.search(constant_text(node))
    ]
    assert joined == []


def constant_text(node: ast.JoinedStr) -> str:
    return " ".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)


def logging_calls(path: Path) -> list[ast.Call]:
    return [
        call
        for call in calls_in(path)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in LOG_METHODS
        and (
            (isinstance(call.func.value, ast.Name) and call.func.value.id in LOGGER_NAMES)
            or (isinstance(call.func.value, ast.Attribute) and call.func.value.attr in LOGGER_NAMES)
            or (isinstance(call.func.value, ast.Call) and ast.unparse(call.func.value.func) == "log")
        )
    ]


def test_a_log_line_is_a_fixed_sentence_with_named_keys() -> None:
    for path in python_files("infra", "services"):
        for call in logging_calls(path):
            where = f"{path}:{call.lineno}"
            assert call.args, where
            assert isinstance(call.args[0], ast.Constant), f"{where}: the event is not a fixed sentence"
            keys = {keyword.arg for keyword in call.keywords} - {"exc_info"}
            assert keys <= attributes.LOG_KEYS, f"{where}: {keys - attributes.LOG_KEYS} would be dropped"


def test_a_span_has_a_name_and_attributes_that_are_named() -> None:
    allowed = {*attributes.SPAN_ATTRIBUTES, "parent", "kind"}
    for path in python_files("infra", "services"):
        for call in calls_in(path):
            if ast.unparse(call.func) in {"span", "telemetry.span", "annotate", "telemetry.annotate"}:
                keys = {keyword.arg for keyword in call.keywords if keyword.arg is not None}
                assert keys <= allowed, f"{path}:{call.lineno}: {keys - allowed}"


def test_every_metric_is_ours_by_name_and_its_labels_take_few_values() -> None:
    collectors = [value for value in vars(metrics).values() if hasattr(value, "_labelnames")]
    assert collectors
    for collector in collectors:
        assert set(collector._labelnames) <= attributes.LABELS, collector
        assert collector._name.startswith("eender_"), collector


def test_metrics_are_declared_in_one_place() -> None:
    declaring = re.compile(r"^from prometheus_client import .*\b(Counter|Gauge|Histogram|Summary)\b", re.MULTILINE)
    assert [str(path) for path in python_files(*ROOMS) if declaring.search(text_of(path))] == ["infra/metrics.py"]


@pytest.mark.parametrize(("distribution", "floor"), sorted(FLOORS.items()))
def test_no_dependency_is_older_than_its_last_known_hole(distribution: str, floor: str) -> None:
    assert Version(version(distribution)) >= Version(floor)


def test_tokens_go_through_one_library_only() -> None:
    importing = re.compile(r"^\s*(from|import) (jwt|jose|authlib)\b", re.MULTILINE)
    assert [str(path) for path in python_files(*ROOMS) if importing.search(text_of(path))] == []
