"""Which case is meant on the command line: by the number people call it by, or by the id the API gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.console.case_bundle import find_case
from services.console.failure import CommandFailed

if TYPE_CHECKING:
    from infra.bundle import BundledCase
    from infra.postgres import Pool

NUMBER_LENGTH_MAX = 20


async def case_named(pool: Pool, written: str) -> BundledCase:
    """The case of that number or id.

    Raises:
        CommandFailed: there is none.
    """
    from services.case.graphql.ids import IdType, WrongIdError, uuid_of  # noqa: PLC0415  (a number does without)

    if written.isascii() and written.isdigit() and len(written) <= NUMBER_LENGTH_MAX:
        return await find_case(pool, number=written, case_id=None)
    try:
        return await find_case(pool, number=None, case_id=uuid_of(IdType.CASE, written))
    except WrongIdError:
        raise CommandFailed(f"{written!r} is neither a case's number nor its id") from None
