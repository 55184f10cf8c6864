"""Refusals as data: what a mutation answers when it is not done."""

from __future__ import annotations

from collections.abc import Sequence

import strawberry
from strawberry import field

from contracts.stored import IdempotencyMismatch as KeyReused
from contracts.stored import VersionConflict as LostRace
from contracts.vocabulary import GuardVerdict, Refusal
from services.case.domain.guards.draft import Finding
from services.case.domain.guards.refusal import GuardRefusal as Guarded
from services.case.domain.guards.refusal import code_of
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
class GuardRefusal(UserError):  # noqa: N818  (a type of the API, by its name there)
    """A guard rail says something of what was to be said: it did not leave, or not yet.

    WARN: say it again with `confirmToken`, where it is meant so. SECOND_PERSON: it is HELD until somebody else decides.
    """

    rule: str = field(description="Which guard rail, as the configuration names it.")
    verdict: GuardVerdict = field(description="What it makes of it.")
    confirm_token: str | None = field(
        default=None, description="Confirms all warnings of this answer, for this very text, for a while."
    )


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
    GuardRefusal,
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


def all_of(refusal: Refusal) -> list[UserError]:
    """A refusal in the API's form; of guard rails each finding by itself."""
    if not isinstance(refusal, Guarded):
        return [of_refusal(refusal)]
    return [of_finding(each, refusal.path, refusal.confirm_token) for each in refusal.findings]


def of_finding(finding: Finding, path: Sequence[str], confirm_token: str | None = None) -> UserError:
    """What one guard rail says."""
    return GuardRefusal(
        code=ErrorCode(code_of(finding).value),
        message=finding.reason,
        path=list(path),
        rule=finding.rule,
        verdict=finding.verdict,
        confirm_token=confirm_token,
    )


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
