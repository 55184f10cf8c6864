"""A viewer who is watched: whether an answer depends on who they are, or only on what kind of viewer they are."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, TypeAlias

from contracts.vocabulary import Role
from services.case.domain.permissions import Permission
from services.case.graphql.access import Principal

Sight: TypeAlias = tuple[Role, bool, bool, tuple[str, ...]]


def sight_of(principal: Principal) -> Sight:
    """What kind of viewer somebody is: all that a `Watched` one answers without being marked."""
    return principal.role, principal.acts_as_bot, principal.opens_sealed, principal.scopes


class Watched(Principal):
    """Answers like the principal it stands for, and notes when anything is asked that others of its kind differ in.

    The subject, the name, the purpose, the ticket, the token's end and the actor are such. The role, the scopes, the
    permissions that come with them and whether sealed text is opened are not. An answer made without a mark would have
    been the same for everybody of the same `sight_of`: nothing that was read while it was made differs between them.
    """

    def __init__(self, principal: Principal) -> None:
        super().__init__(**{each.name: getattr(principal, each.name) for each in fields(principal)})
        object.__setattr__(self, "_real", principal)
        object.__setattr__(self, "_marked", False)

    @property
    def marked(self) -> bool:
        """Whether anything personal was asked."""
        return bool(object.__getattribute__(self, "_marked"))

    def may(self, permission: Permission) -> bool:
        """Whether the role has this permission."""
        return bool(object.__getattribute__(self, "_real").may(permission))

    def __getattribute__(self, name: str) -> Any:
        """Every attribute passes here; those that are not of the kind leave their mark."""
        if name in _WORKED_OUT:
            return getattr(object.__getattribute__(self, "_real"), name)
        if name not in _OF_THE_KIND:
            object.__setattr__(self, "_marked", True)
        return object.__getattribute__(self, name)


_WORKED_OUT = frozenset({"opens_sealed", "acts_as_bot"})
"""What the class itself works out of what says who it is."""
_OF_THE_KIND = frozenset({"role", "scopes", "may", "require", "marked", "__class__"})
