"""What a statement does to which rows is read from its text; what is not understood has no shape."""

from __future__ import annotations

import pytest

from infra.row_shapes import Shape, shapes_of
from infra.sql import statements
from services.case.workers import rebuilding as of_case

KEYS = {"cases": ("case_id",), "turns": ("agent_id", "turn"), "agents": ("agent_id",), "entries": ("entry_id",)}


def shape_of(text: str) -> Shape | None:
    """Of a statement beside others that name nothing but keys."""
    others = [
        f"DELETE FROM {table} WHERE " + " AND ".join(f"{column} = ${at}" for at, column in enumerate(key, 1))
        for table, key in KEYS.items()
    ]
    return shapes_of([text, *others], KEYS)[text]


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
        ("UPDATE cases SET a = $2 WHERE (a = 1 AND case_id = $1)", None, (), False),
        ("UPDATE cases SET a = $2 WHERE case_id = $1 OR a = 1", None, (), False),
        ("UPDATE cases SET case_id = $2 WHERE case_id = $1", None, (), False),
        (
            "UPDATE cases SET a = (SELECT a FROM agents WHERE agent_id = $2) WHERE case_id = $1",
            (0,), (("agents", 1),), False,
        ),
        (
            "INSERT INTO cases (case_id) SELECT $1 FROM agents JOIN agents ON agent_id = $2 WHERE agent_id = $3",
            (0,), (("agents", 1), ("agents", 2)), False,
        ),
        ("INSERT INTO cases (case_id, a) SELECT $1, o.a FROM cases o WHERE o.case_id = $2", None, (), False),
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
        ("INSERT INTO cases (case_id, a) VALUES ($1, 1) ON CONFLICT (case_id) DO UPDATE SET a = $2", (0,), (), False),
        (
            "INSERT INTO cases (case_id, a) SELECT $1, a FROM entries WHERE entry_id = $1 ON CONFLICT DO NOTHING",
            (0,), (("entries", 0),), False,
        ),
        (
            "INSERT INTO turns (agent_id, turn) SELECT $1, 1 WHERE EXISTS (SELECT FROM cases WHERE case_id = $2)",
            (0,), (("cases", 1),), False,
        ),
    ],
)  # fmt: skip
def test_what_a_statement_touches(
    sql: str, key: tuple[int, ...] | None, reads: tuple[tuple[str, int | None], ...], *, overwrites: bool
) -> None:
    shape = shape_of(f"-- Why.\n{sql}")
    assert shape is not None
    assert (shape.key, shape.reads, shape.overwrites) == (key, reads, overwrites)


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO unknown (a) VALUES ($1)",
        "UPDATE cases SET a = o.a FROM entries AS o WHERE o.case_id = cases.case_id AND case_id = $1",
        "INSERT INTO cases (case_id) SELECT $1 FROM entries ON CONFLICT (case_id) DO UPDATE SET a = excluded.a",
        "WITH x AS (DELETE FROM cases RETURNING *) SELECT * FROM x",
        "SELECT case_number()",
    ],
)
def test_what_is_not_understood_has_no_shape(sql: str) -> None:
    assert shape_of(sql) is None


def test_a_statement_for_many_rows_takes_its_arguments_from_a_relation() -> None:
    shape = shape_of("UPDATE cases SET version = $2\nWHERE case_id = $1")
    assert shape is not None
    assert shape.sql == "UPDATE cases SET version = _rows._2 FROM {rows} WHERE case_id = _rows._1"


ONE_BY_ONE = {
    "forget_access_before",  # of the access log, which no rebuild makes
    "reverse_gesture",
}
"""Those that nothing may overtake: from their text nobody sees which rows they write."""


def parted(table: str, *texts: str) -> list[tuple[int, ...] | None]:
    shapes = shapes_of(texts, KEYS)
    return [shape.key for text in texts if (shape := shapes[text]) is not None and shape.table == table]


INSERTED = "INSERT INTO entries (entry_id, case_id, a) VALUES ($1, $2, $3)"
OF_A_CASE = "DELETE FROM entries WHERE case_id = $1"


def test_rows_are_parted_by_what_all_statements_name_where_no_row_ever_changes_it() -> None:
    assert parted("entries", INSERTED, OF_A_CASE) == [(1,), (0,)]
    assert parted("entries", INSERTED, OF_A_CASE, "UPDATE entries SET case_id = $2 WHERE case_id = $1") == [
        (0,), None, None,
    ]  # fmt: skip
    assert parted("entries", INSERTED, OF_A_CASE, f"{INSERTED} ON CONFLICT DO NOTHING") == [(0,), None, (0,)]
    assert parted("entries", INSERTED, OF_A_CASE, "UPDATE entries SET a = $2 WHERE entry_id = $1") == [(0,), None, (0,)]


def test_rows_are_parted_by_as_much_of_their_key_as_all_statements_name() -> None:
    some = "INSERT INTO turns (agent_id, turn) SELECT $1, c.a FROM cases AS c"
    whole = "INSERT INTO turns (agent_id, turn, at) VALUES ($1, $2, $3)"
    whole += " ON CONFLICT (agent_id, turn) DO UPDATE SET at = excluded.at"
    assert parted("turns", whole, some) == [(0,), (0,)]
    shapes = shapes_of([whole, some], KEYS)
    # Of an agent's turns the later one is another.
    assert [shape is not None and shape.overwrites for shape in shapes.values()] == [False, False]


def test_a_statement_says_in_which_tables_it_looks_for_rows_by_something_else_than_their_key() -> None:
    texts = (
        INSERTED,
        OF_A_CASE,
        "UPDATE cases SET a = (SELECT max(e.a) FROM entries AS e WHERE e.case_id = $1) WHERE case_id = $1",
    )
    shapes = shapes_of(texts, KEYS)
    assert [shape and (shape.reads, shape.seeks) for shape in shapes.values()] == [
        ((), frozenset()),
        ((), {"entries"}),
        ((("entries", 0),), {"entries"}),
    ]


def test_most_statements_of_the_case_service_are_understood() -> None:
    keys = {table.name: ("id",) for table in of_case.REBUILT}
    of_case_service = statements("services.case.projections")
    shapes = shapes_of(of_case_service.values(), keys)
    unknown = {name for name, sql in of_case_service.items() if shapes[sql] is None}
    assert unknown == ONE_BY_ONE
