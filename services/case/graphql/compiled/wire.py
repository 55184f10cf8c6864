"""How values stand in an answer, in SQL: opaque ids, moments, amounts, cursors. `scalars` and `ids` say the same."""

from __future__ import annotations

from contracts.money import DECIMALS
from services.case.graphql.compiled.declaring import Leaf
from services.case.graphql.ids import IdType

_UUID_LENGTH = 36
_URL_SAFE = r"E'+/=\n', '-_'"
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def uuid_id(kind: IdType, sql: str) -> str:
    """The opaque id of what a uuid names. Its base64 has no `+` and no `/`, for it is of hex digits and dashes."""
    made = f"encode(convert_to('{kind.value}:' || {sql}, 'UTF8'), 'base64')"
    return made if (len(kind.value) + 1 + _UUID_LENGTH) % 3 == 0 else f"rtrim({made}, '=')"


def ref_id(kind: IdType, sql: str) -> str:
    """The opaque id of what a reference names."""
    return f"translate(encode(convert_to('{kind.value}:' || {sql}, 'UTF8'), 'base64'), {_URL_SAFE})"


TOLD_ID = Leaf(sql="{t}.told_id", needs=("told_id",))
"""The id of a row whose table has it in writing, as those have that a screen shows many of."""


def told_moment(name: str, *, nullable: bool = False) -> Leaf:
    """A moment that the table has in writing."""
    return Leaf(sql=f"{{t}}.{name}_told", needs=None if nullable else (f"{name}_told",))


def opaque(kind: IdType, name: str) -> Leaf:
    """The id of a row by its uuid."""
    return Leaf(sql=uuid_id(kind, f"{{t}}.{name}"), needs=(name,))


def opaque_ref(kind: IdType, name: str) -> Leaf:
    """The id of a row by its reference."""
    return Leaf(sql=ref_id(kind, f"{{t}}.{name}"), needs=(name,))


def instant(sql: str) -> str:
    """RFC 3339 in UTC with milliseconds."""
    return f"""to_char({sql} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""


def moment(name: str, *, nullable: bool = False) -> Leaf:
    """A column that holds a moment."""
    return Leaf(sql=instant(f"{{t}}.{name}"), needs=None if nullable else (name,))


def amount() -> str:
    """`{minor}` units of `{currency}` with all the decimals that the currency has."""
    by_decimals: dict[int, list[str]] = {}
    for code, decimals in DECIMALS.items():
        by_decimals.setdefault(decimals, []).append(f"'{code}'")
    arms = "".join(
        f" WHEN {{currency}} IN ({', '.join(codes)}) THEN round({{minor}} / {10**decimals}.0, {decimals})"
        for decimals, codes in sorted(by_decimals.items())
        if decimals != _USUAL_DECIMALS
    )
    usual = f"round({{minor}} / {10**_USUAL_DECIMALS}.0, {_USUAL_DECIMALS})"
    return f"(CASE{arms} ELSE {usual} END)::text"


_USUAL_DECIMALS = 2


def cursor(of: str, key: str, row_id: str, *, timed: bool) -> str:
    """The cursor of a row, as `cursors` makes it."""
    text = _isoformat(key) if timed else f"to_json({key})::text"
    array = f"""'["{of}",' || {text} || ',"' || {row_id} || '"]'"""
    return f"translate(encode(convert_to({array}, 'UTF8'), 'base64'), {_URL_SAFE})"


def _isoformat(sql: str) -> str:
    """A moment as Python writes it: microseconds where there are any."""
    utc = f"({sql} AT TIME ZONE 'UTC')"
    micros = f"CASE WHEN date_trunc('second', {utc}) = {utc} THEN '' ELSE to_char({utc}, '.US') END"
    return f"""'"' || to_char({utc}, 'YYYY-MM-DD"T"HH24:MI:SS') || {micros} || '+00:00"'"""


def pseudonym(sql: str) -> str:
    """What a customer is called who is not to be known: of the last 20 bits of the id."""
    bits = f"('x' || right({sql}::text, 5))::bit(20)::int"
    letters = " || ".join(f"substr('{_LETTERS}', (({bits} >> {shift}) & 31) + 1, 1)" for shift in (15, 10, 5, 0))
    return f"'Klant ' || {letters}"


def shows_customer(row: str = "{a}") -> str:
    """What the access log is told of a customer."""
    return f"'C' || {row}.customer_id || ';'"


def shows_case(row: str = "{a}") -> str:
    """What the access log is told of a case, or of an entry in one."""
    return f"'K' || {row}.customer_id || '/' || coalesce({row}.case_id::text, '') || ';'"


BAIL = "'!;'"
"""Instead of what is shown: no plan answers this."""

SHOWS_WHOLE_CUSTOMER = f"CASE WHEN {{a}}.merged_into IS NULL THEN {shows_customer()} ELSE {BAIL} END"
"""The same of somebody who is shown as whom they were merged into, which a plan does not look up."""
