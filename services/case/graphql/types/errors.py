"""Refusals as data: what a mutation answers when it is not done."""

from __future__ import annotations

import strawberry
from strawberry import field

from contracts.stored import IdempotencyMismatch as KeyReused
from contracts.stored import VersionConflict as LostRace
from contracts.vocabulary import Refusal
from services.case.graphql.enums import ErrorCode

RETRY_AFTER_S = 1


@strawberry.interface
class UserError:
    """Why a mutation was refused."""

    code: ErrorCode = field(description="Why, for screens.")
    message: str = field(description="Why, in English, for developers.")
    path: list[str] = field(description="The field at fault, from the input down; empty: the whole.")


@strawberry.type
class InvalidInput(UserError):  # noqa: N818  (a type of the API, by its name there)
    """A field breaks a rule."""


@strawberry.type
class NotFound(UserError):  # noqa: N818  (a type of the API, by its name there)
    """Something that was named does not exist."""


@strawberry.type
class Forbidden(UserError):  # noqa: N818  (a type of the API, by its name there)
    """The viewer may not."""


@strawberry.type
class Refused(UserError):  # noqa: N818  (a type of the API, by its name there)
    """The rules of the matter say no: see the code."""


@strawberry.type
class VersionConflict(UserError):  # noqa: N818  (a type of the API, by its name there)
    """Somebody else changed it first."""

    current_version: int = field(description="The version it is at now.")


@strawberry.type
class IdempotencyMismatch(UserError):  # noqa: N818  (a type of the API, by its name there)
    """The idempotency key was used before, for another request."""


@strawberry.type
class Unavailable(UserError):  # noqa: N818  (a type of the API, by its name there)
    """It could not be done now; the same request may succeed later."""

    retry_after_seconds: int = field(description="When to try again.")


ERRORS: tuple[type[UserError], ...] = (
    InvalidInput,
    NotFound,
    Forbidden,
    Refused,
    VersionConflict,
    IdempotencyMismatch,
    Unavailable,
)

_KINDS: dict[ErrorCode, type[UserError]] = {
    ErrorCode.INVALID_INPUT: InvalidInput,
    ErrorCode.NOT_FOUND: NotFound,
    ErrorCode.FORBIDDEN: Forbidden,
    ErrorCode.IDEMPOTENCY_MISMATCH: IdempotencyMismatch,
}


def of_refusal(refusal: Refusal) -> UserError:
    """A decision's refusal in the API's form."""
    code, path = ErrorCode(refusal.code.value), list(refusal.path)
    if code is ErrorCode.VERSION_CONFLICT:
        return VersionConflict(
            code=code, message=refusal.message, path=path, current_version=refusal.current_version or 0
        )
    if code is ErrorCode.UNAVAILABLE:
        return unavailable(refusal.message)
    return _KINDS.get(code, Refused)(code=code, message=refusal.message, path=path)


def of_lost_race(conflict: LostRace) -> UserError:
    """Others kept writing first."""
    return VersionConflict(
        code=ErrorCode.VERSION_CONFLICT,
        message="somebody else changed it first",
        path=[],
        current_version=conflict.current,
    )


def of_reused_key(_reused: KeyReused) -> UserError:
    """The key stands for another request."""
    return IdempotencyMismatch(
        code=ErrorCode.IDEMPOTENCY_MISMATCH,
        message="the idempotency key was used for another request",
        path=["idempotencyKey"],
    )


def unavailable(message: str) -> UserError:
    """Not now."""
    return Unavailable(code=ErrorCode.UNAVAILABLE, message=message, path=[], retry_after_seconds=RETRY_AFTER_S)
