"""The connections that answer compiled documents: opened once the type map was found to fit the database."""

from __future__ import annotations

from infra.prepared import PreparedLines
from services.case.graphql.compiled.checking import check
from services.case.graphql.compiled.roots import TYPES
from services.case.graphql.schema import make_schema

SCREENS_SIZE_MAX = 4
"""Each plans what it answers once: more of them would plan more, and the server has its cores already."""


async def open_screens(url: str) -> PreparedLines:
    """Connections of their own.

    Raises:
        TypeMapError: the database has other columns than compiled documents read.
        OSError: nothing listens there.
    """
    lines = PreparedLines(url, application_name="case-screens", size_max=SCREENS_SIZE_MAX)
    try:
        async with lines.connection() as connection:
            await check(connection, make_schema()._schema, TYPES)  # noqa: SLF001  (the library has no other door)
    except BaseException:
        await lines.close()
        raise
    return lines
