"""Which role may do what. Rules about "another person" are not here: they compare subjects, where they matter."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache

from contracts.vocabulary import Actor, ActorKind, Refusal, RefusalCode, Role

SCOPES_KEPT_MAX = 256


class Permission(StrEnum):
    """One operation of the desk, as `viewer.permissions` names it."""

    READ = "READ"
    REPLY = "REPLY"
    ADD_NOTE = "ADD_NOTE"
    RESOLVE_CASE = "RESOLVE_CASE"
    TRANSFER_CASE = "TRANSFER_CASE"
    OPEN_CASE = "OPEN_CASE"
    HANDLE_CASE = "HANDLE_CASE"
    MAKE_COMMITMENT = "MAKE_COMMITMENT"
    RECORD_CONTACT = "RECORD_CONTACT"
    GIVE_GESTURE = "GIVE_GESTURE"
    ADD_HANDLE = "ADD_HANDLE"
    REMOVE_HANDLE = "REMOVE_HANDLE"
    UPDATE_CUSTOMER = "UPDATE_CUSTOMER"
    MERGE_CUSTOMERS = "MERGE_CUSTOMERS"
    SET_OWN_PRESENCE = "SET_OWN_PRESENCE"
    SET_ANY_PRESENCE = "SET_ANY_PRESENCE"
    UPSERT_AGENT = "UPSERT_AGENT"
    SET_ROSTER = "SET_ROSTER"
    EXCLUDE_AGENT = "EXCLUDE_AGENT"
    MANAGE_INCIDENTS = "MANAGE_INCIDENTS"
    READ_ROSTERS = "READ_ROSTERS"
    DECIDE_GESTURE = "DECIDE_GESTURE"
    DECIDE_REPLY = "DECIDE_REPLY"
    READ_APPROVALS = "READ_APPROVALS"
    REVIEW_GESTURE = "REVIEW_GESTURE"
    READ_REVIEWS = "READ_REVIEWS"
    READ_SIGNS = "READ_SIGNS"
    READ_REPORTS = "READ_REPORTS"
    READ_ALL_CANDIDATES = "READ_ALL_CANDIDATES"
    ERASE_CUSTOMER = "ERASE_CUSTOMER"
    RESTRICT_CUSTOMER = "RESTRICT_CUSTOMER"
    REDACT_ENTRY = "REDACT_ENTRY"
    READ_ERASURES = "READ_ERASURES"
    READ_ACCESS_LOG = "READ_ACCESS_LOG"
    READ_ACCOUNTS = "READ_ACCOUNTS"
    UPDATE_ACCOUNT = "UPDATE_ACCOUNT"
    ISSUE_TOKEN = "ISSUE_TOKEN"  # noqa: S105  (a permission's name)


_AGENT = frozenset(
    {
        Permission.READ,
        Permission.REPLY,
        Permission.ADD_NOTE,
        Permission.RESOLVE_CASE,
        Permission.TRANSFER_CASE,
        Permission.OPEN_CASE,
        Permission.HANDLE_CASE,
        Permission.MAKE_COMMITMENT,
        Permission.RECORD_CONTACT,
        Permission.GIVE_GESTURE,
        Permission.ADD_HANDLE,
        Permission.EXCLUDE_AGENT,
        Permission.REMOVE_HANDLE,
        Permission.UPDATE_CUSTOMER,
        Permission.MERGE_CUSTOMERS,
        Permission.SET_OWN_PRESENCE,
        Permission.READ_ACCOUNTS,
    }
)
_LEAD = _AGENT | {
    Permission.SET_ANY_PRESENCE,
    Permission.UPSERT_AGENT,
    Permission.SET_ROSTER,
    Permission.MANAGE_INCIDENTS,
    Permission.READ_ROSTERS,
    Permission.DECIDE_GESTURE,
    Permission.DECIDE_REPLY,
    Permission.READ_APPROVALS,
    Permission.REVIEW_GESTURE,
    Permission.READ_REVIEWS,
    Permission.READ_REPORTS,
    Permission.READ_ALL_CANDIDATES,
    Permission.READ_ERASURES,
}

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.AGENT: _AGENT,
    Role.LEAD: _LEAD,
    Role.AUDITOR: frozenset(
        {
            Permission.READ,
            Permission.READ_ACCOUNTS,
            Permission.READ_APPROVALS,
            Permission.READ_REVIEWS,
            Permission.READ_SIGNS,
            Permission.READ_REPORTS,
            Permission.READ_ALL_CANDIDATES,
            Permission.READ_ERASURES,
            Permission.READ_ACCESS_LOG,
            Permission.READ_ROSTERS,
        }
    ),
    Role.PRIVACY: frozenset(
        {
            Permission.ERASE_CUSTOMER,
            Permission.RESTRICT_CUSTOMER,
            Permission.REDACT_ENTRY,
            Permission.READ_ERASURES,
            Permission.READ_ACCESS_LOG,
        }
    ),
    Role.ADMIN: frozenset({Permission.ISSUE_TOKEN, Permission.READ_ACCOUNTS, Permission.UPDATE_ACCOUNT}),
    Role.INTEGRATION: frozenset(),
}
"""The matrix. INTEGRATION has what its scopes name, or, bound to a bot, what an agent may."""

SCOPES = frozenset(
    {
        Permission.READ,
        Permission.ADD_NOTE,
        Permission.RESOLVE_CASE,
        Permission.TRANSFER_CASE,
        Permission.HANDLE_CASE,
        Permission.RECORD_CONTACT,
        Permission.ADD_HANDLE,
        Permission.REMOVE_HANDLE,
        Permission.UPDATE_CUSTOMER,
        Permission.SET_ANY_PRESENCE,
        Permission.UPSERT_AGENT,
        Permission.SET_ROSTER,
        Permission.EXCLUDE_AGENT,
        Permission.READ_ROSTERS,
        Permission.READ_REPORTS,
        Permission.READ_ACCOUNTS,
    }
)
"""What a scope may name. What is said or given to a customer, an agent says or gives: a machine is bound to a bot for
that. What somebody decides or forgets, a person does."""


def granted(scopes: Sequence[str]) -> tuple[str, ...]:
    """Those of a token's scopes that name something here; issuers have words for other things, too."""
    return tuple(sorted(permission.value for permission in SCOPES if permission.value in scopes))


def permissions_of(role: Role | None, scopes: Sequence[str] = ()) -> frozenset[Permission]:
    """What somebody of that role may; `scopes` count for integrations alone, and those that name nothing do not."""
    if role is Role.INTEGRATION:
        return _scoped(tuple(scopes))
    return frozenset() if role is None else PERMISSIONS[role]


@lru_cache(maxsize=SCOPES_KEPT_MAX)
def words_of(role: Role, scopes: tuple[str, ...]) -> list[str]:
    """The same as `viewer.permissions` says it, in order; nobody changes it."""
    return sorted(permission.value for permission in permissions_of(role, scopes))


@lru_cache(maxsize=SCOPES_KEPT_MAX)
def _scoped(scopes: tuple[str, ...]) -> frozenset[Permission]:
    return frozenset(permission for permission in SCOPES if permission.value in scopes)


def may(actor: Actor, permission: Permission) -> bool:
    """Whether the actor may do it. The system itself may do everything it was built to do."""
    if actor.kind is ActorKind.SYSTEM:
        return True
    return permission in permissions_of(actor.role, actor.scopes)


def require(actor: Actor, permission: Permission) -> None:
    """Let pass who may.

    Raises:
        Refusal: FORBIDDEN.
    """
    if not may(actor, permission):
        raise Refusal(RefusalCode.FORBIDDEN, f"this role has no permission {permission.value}")
