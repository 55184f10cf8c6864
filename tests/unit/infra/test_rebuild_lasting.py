"""Changes that later ones overwrite unread are left out, and the rows come out the same."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contracts.stored import Row
from infra.rebuild_lasting import lasting
from infra.row_shapes import shapes_of

KEYS = {"pears": ("id",), "apples": ("id",)}
SQL = {
    "ripen": "UPDATE pears SET a = $2 WHERE id = $1",
    "wash": "UPDATE pears SET a = $2, b = $2 WHERE id = $1",
    "weigh": "UPDATE pears SET b = b + a, c = $2 WHERE id = $1",
    "turn": "UPDATE pears SET c = a WHERE id = $1",
    "put": "INSERT INTO pears (id, a) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET a = excluded.a",
    "rot": "UPDATE pears SET a = $2 WHERE id = $1 AND a < $2",
    "eat": "DELETE FROM pears WHERE id = $1",
    "eat_some": "DELETE FROM pears WHERE b = $2",
    "like": "INSERT INTO apples (id, a) SELECT $1, p.a FROM pears AS p WHERE p.id = $2 ON CONFLICT DO NOTHING",
    "count": "INSERT INTO apples (id, a) SELECT $1, max(b) FROM pears AS p ON CONFLICT DO NOTHING",
    "whatever": "WITH x AS (DELETE FROM pears RETURNING a) SELECT max(a) FROM x",
}
SHAPES = {name: shapes_of(SQL.values(), KEYS)[text] for name, text in SQL.items()}
IDS = st.integers(0, 2)
Tables = dict[str, dict[int, dict[str, int]]]


def done(tables: Tables, statement: str, key: int, value: int) -> None:
    """What a statement does, as its text says."""
    pears, apples = tables["pears"], tables["apples"]
    pear = pears.get(key, {})
    match statement:
        case "put":
            pears.setdefault(key, {"a": value, "b": 0, "c": 0})["a"] = value
        case "ripen" | "wash" | "rot" if pear and (statement != "rot" or pear["a"] < value):
            pear |= {"a": value, "b": value} if statement == "wash" else {"a": value}
        case "weigh" if pear:
            pear |= {"b": pear["b"] + pear["a"], "c": value}
        case "turn" if pear:
            pear["c"] = pear["a"]
        case "eat":
            pears.pop(key, None)
        case "eat_some":
            tables["pears"] = {at: each for at, each in pears.items() if each["b"] != value}
        case "like" if value in pears:
            apples.setdefault(key, {"a": pears[value]["a"]})
        case "count":
            apples.setdefault(key, {"a": max((each["b"] for each in pears.values()), default=0)})
        case "whatever":
            pears.clear()


def outcome(rows: list[Row]) -> Tables:
    tables: Tables = {"pears": {0: {"a": 0, "b": 0, "c": 0}}, "apples": {}}
    for row in rows:
        done(tables, row.statement, *row.args)
    return tables


@given(st.lists(st.tuples(st.sampled_from(sorted(SQL)), IDS, IDS), max_size=30))
def test_the_tables_come_out_the_same(drawn: list[tuple[str, Any, Any]]) -> None:
    rows = [Row(statement, (key, value)) for statement, key, value in drawn]
    assert outcome(lasting(rows, SHAPES)) == outcome(rows)


def test_of_changes_in_a_row_only_those_stay_that_are_seen() -> None:
    told = "ripen 1, ripen 1, wash 1, ripen 2, weigh 1, ripen 1, turn 1, ripen 1, wash 1"
    rows = [Row(name, (int(key), at)) for at, (name, key) in enumerate(re.findall(r"(\w+) (\d)", told))]
    assert [row.args[1] for row in lasting(rows, SHAPES)] == [3, 5, 6, 8]


def test_what_is_not_only_a_change_of_columns_stays() -> None:
    assert {name for name, shape in SHAPES.items() if shape is not None and shape.sets} == {
        "ripen", "wash", "weigh", "turn",
    }  # fmt: skip
