"""What a statement does to which rows is read from its text; what is not understood has no shape."""

from __future__ import annotations

import pytest

from infra.rebuild_statements import shape_of
from infra.sql import statements
from services.case.workers import rebuilding as of_case

KEYS = {"cases": ("case_id",), "turns": ("agent_id", "turn"), "agents": ("agent_id",), "entries": ("entry_id",)}


@pytest.mark.parametrize(
    ("sql", "key", "reads", "overwrites"),
    [
        ("INSERT INTO cases (version, case_id) VALUES ($1, $2)", (1,), (), False),
        ("INSERT INTO cases (case_id, version) VALUES (gen_random_uuid(), $1)", None, (), False),
        ("INSERT INTO turns (agent_id, turn, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", (0, 1), (), False),
        (
            "INSERT INTO cases AS c (case_id, a) VALUES ($1, $2) ON CONFLICT (case_id) DO UPDATE SET a = excluded.a",
            (0,), (), True,
        ),
        (
            "INSERT INTO cases (case_id, a) VALUES ($1, $2) ON CONFLICT (case_id) DO UPDATE SET a = excluded.a WHERE b",
            (0,), (), False,
        ),
        (
            "INSERT INTO entries (entry_id, a) SELECT $1, c.a FROM cases AS c WHERE c.case_id = $2",
            (0,), (("cases", 1),), False,
        ),
        ("UPDATE cases SET a = $2, b = NULL, c = 'x', d = $3::jsonb WHERE case_id = $1", (0,), (), True),
        ("UPDATE cases SET a = a + $2 WHERE case_id = $1", (0,), (), False),
        ("UPDATE cases SET a = coalesce($2, 'x') WHERE case_id = $1", (0,), (), False),
        ("UPDATE cases SET a = $2 WHERE case_id = $1 AND a < $2", (0,), (), False),
        ("UPDATE cases SET a = $2 WHERE customer_id = $1", None, (), False),
        (
            "UPDATE cases SET a = (SELECT a FROM agents WHERE agent_id = $2) WHERE case_id = $1",
            (0,), (("agents", 1),), False,
        ),
        (
            "INSERT INTO cases (case_id) SELECT $1 FROM agents JOIN agents ON agent_id = $2 WHERE agent_id = $3",
            (0,), (("agents", 1), ("agents", 2)), False,
        ),
        (
            "INSERT INTO cases (case_id, a) SELECT $1, a.a FROM agents a JOIN agents b USING (a) WHERE a.agent_id = $2",
            (0,), (("agents", None),), False,
        ),
        (
            "UPDATE cases SET a = EXISTS (SELECT FROM turns AS t WHERE t.agent_id = $2) WHERE case_id = $1",
            (0,), (("turns", None),), False,
        ),
        ("DELETE FROM entries WHERE entry_id = $1", (0,), (), True),
        ("DELETE FROM entries WHERE case_id = $1", None, (), False),
    ],
)  # fmt: skip
def test_what_a_statement_touches(
    sql: str, key: tuple[int, ...] | None, reads: tuple[tuple[str, int | None], ...], *, overwrites: bool
) -> None:
    shape = shape_of(f"-- Why.\n{sql}", KEYS)
    assert shape is not None
    assert (shape.key, shape.reads, shape.overwrites) == (key, reads, overwrites)


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO unknown (a) VALUES ($1)",
        "UPDATE cases SET a = o.a FROM entries AS o WHERE o.case_id = cases.case_id AND case_id = $1",
        "INSERT INTO cases (case_id, a) VALUES ($1, 1) ON CONFLICT (case_id) DO UPDATE SET a = $2",
        "WITH x AS (DELETE FROM cases RETURNING *) SELECT * FROM x",
        "SELECT case_number()",
    ],
)
def test_what_is_not_understood_has_no_shape(sql: str) -> None:
    assert shape_of(sql, KEYS) is None


def test_a_statement_for_many_rows_takes_its_arguments_from_a_relation() -> None:
    shape = shape_of("UPDATE cases SET version = $2\nWHERE case_id = $1", KEYS)
    assert shape is not None
    assert shape.sql == "UPDATE cases SET version = _rows._2 FROM {rows} WHERE case_id = _rows._1"


ONE_BY_ONE = {
    "forget_access_before",  # of the access log, which no rebuild makes
    "await_gesture_control",
    "change_attachment",
    "reverse_gesture",
    "tell_owner_of_budget",
}
"""Those that a rebuild runs row by row: they write rows that they look for, or what they find, not by their keys."""


def test_most_statements_of_the_case_service_are_understood() -> None:
    keys = {table.name: ("id",) for table in of_case.REBUILT}
    unknown = {name for name, sql in statements("services.case.projections").items() if shape_of(sql, keys) is None}
    assert unknown == ONE_BY_ONE
