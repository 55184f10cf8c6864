"""Pages of lists: how many at a time, from which end, and where a page stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, TypeAlias, TypeVar
from uuid import UUID

import strawberry
from strawberry.types.nodes import SelectedField, Selection

from services.case.graphql import cursors
from services.case.graphql.access import QueryRefusedError
from services.case.queries.timeline import Window

PAGE_MAX = 100
PAGE_DEFAULT = 50

First: TypeAlias = Annotated[
    int | None, strawberry.argument(description="At most so many, from the beginning; 100 at the most.")
]
Last: TypeAlias = Annotated[
    int | None, strawberry.argument(description="At most so many, from the end; 100 at the most.")
]
After: TypeAlias = Annotated[str | None, strawberry.argument(description="The cursor to go on behind.")]
Before: TypeAlias = Annotated[str | None, strawberry.argument(description="The cursor to end before.")]

R = TypeVar("R")


def bad_input(message: str) -> QueryRefusedError:
    """A question that makes no sense as it was asked."""
    return QueryRefusedError("BAD_USER_INPUT", message)


def checked_size(size: int | None, default: int = PAGE_DEFAULT, *, name: str = "first") -> int:
    """The size of a page.

    Raises:
        QueryRefusedError: BAD_USER_INPUT, not between 0 and 100.
    """
    if size is None:
        return default
    if not 0 <= size <= PAGE_MAX:
        raise bad_input(f"{name} is between 0 and {PAGE_MAX}")
    return size


def key_after(of: str, cursor: str | None) -> tuple[str, UUID] | None:
    """The sort key and id behind which a page begins; None: at the beginning.

    Raises:
        QueryRefusedError: BAD_USER_INPUT, no cursor of this list.
    """
    return cursor_of_list(cursors.decode, of, cursor)


def time_after(of: str, cursor: str | None) -> tuple[datetime, UUID] | None:
    """The same for a list that is sorted by time."""
    return cursor_of_list(cursors.decode_time, of, cursor)


def number_after(of: str, cursor: str | None) -> int | None:
    """The same for a list that is sorted by a number."""
    return cursor_of_list(cursors.decode_number, of, cursor)


def cursor_of_list(decode: Callable[[str, str], R], of: str, cursor: str | None) -> R | None:
    """What a cursor stands for, as `decode` reads it; None without one.

    Raises:
        QueryRefusedError: BAD_USER_INPUT, no cursor of this list.
    """
    try:
        return None if cursor is None else decode(of, cursor)
    except cursors.WrongCursorError:
        raise bad_input("this is no cursor of this list") from None


def window_of(of: str, *, first: int | None, after: str | None, last: int | None, before: str | None) -> Window:
    """The part of a list sorted by time that is asked for, with one row more, which tells whether more follow.

    Raises:
        QueryRefusedError: BAD_USER_INPUT, `first` and `last` together, a bad size or cursor.
    """
    if first is not None and last is not None:
        raise bad_input("first and last exclude each other")
    size = checked_size(last, name="last") if last is not None else checked_size(first)
    return Window(after=time_after(of, after), before=time_after(of, before), limit=size + 1, backward=last is not None)


def cut(rows: Sequence[R], window: Window) -> tuple[list[R], bool, bool]:
    """A window's rows in the list's own order, whether more follow and whether some come before."""
    page, more = list(rows[: window.limit - 1]), len(rows) >= window.limit
    if window.backward:
        return page[::-1], window.before is not None, more
    return page, more, window.after is not None


def selects(info: strawberry.Info[Any, Any], name: str) -> bool:
    """Whether the selection of this field asks for the sub-field of that (GraphQL) name."""

    def asked(selections: Sequence[Selection]) -> bool:
        return any(
            part.name == name if isinstance(part, SelectedField) else asked(part.selections) for part in selections
        )

    return any(asked(part.selections) for part in info.selected_fields)
