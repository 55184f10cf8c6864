"""Tokens that say who somebody is and are believed: for tests of what comes behind them."""

from __future__ import annotations

from datetime import timedelta

from contracts.vocabulary import Role
from infra.clock import SystemClock
from infra.token_verifier import Identity, RefusedBecause, TokenRefused


class Tokens:
    """A verifier that believes tokens of the form `role:subject[+scope]…`."""

    def __init__(self) -> None:
        self.expires_at = SystemClock().now() + timedelta(hours=1)

    async def verify(self, token: str) -> Identity:
        role, _, subject = token.partition(":")
        if role not in Role.__members__ or not subject:
            raise TokenRefused(RefusedBecause.SIGNATURE)
        subject, *scopes = subject.split("+")
        return Identity(subject=subject, role=Role(role), expires_at=self.expires_at, scopes=tuple(scopes))
