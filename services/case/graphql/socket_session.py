"""Whose a websocket is, by what `connection_init` said."""

from __future__ import annotations

import asyncio
from typing import Any

from strawberry.exceptions import ConnectionRejectionError
from strawberry.types.unset import UNSET

from services.case.graphql.access import PURPOSE_HEADER, Principal
from services.case.graphql.accessing import CLIENT_HEADER, client_of
from services.case.graphql.api import Api, NotAuthenticatedError


class Session:
    """One websocket: whose it is, and what `connection_init` said."""

    def __init__(self, api: Api, user_agent: str | None) -> None:
        self._api = api
        self._user_agent = user_agent
        self.client: str | None = None
        self.connection_params: dict[str, Any] = {}
        self.principal: Principal | None = None
        self.begun = asyncio.Event()

    async def begin(self) -> None:
        """Authenticate.

        Raises:
            ConnectionRejectionError: the token is missing or not good.
        """
        said = {str(name).lower(): value for name, value in self.connection_params.items()}
        authorization, purpose = said.get("authorization"), said.get(PURPOSE_HEADER) or said.get("purpose")
        named = said.get(CLIENT_HEADER)
        self.client = client_of(named if isinstance(named, str) else None, self._user_agent)
        try:
            self.principal = await self._api.authenticate(
                authorization if isinstance(authorization, str) else None,
                purpose if isinstance(purpose, str) else None,
                self.client,
            )
        except NotAuthenticatedError:
            raise ConnectionRejectionError from None
        self.begun.set()

    def left_s(self) -> float:
        """How long the token is still good."""
        return 0.0 if self.principal is None else self._api.left_s(self.principal)

    async def is_good(self) -> bool:
        """Whether it may still be told anything."""
        return self.principal is not None and await self._api.is_good(self.principal)


class SessionView:
    """What the library asks of a view besides messages: whether a connection may begin."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def on_ws_connect(self, _context: Any) -> Any:
        """Let in who is known.

        Raises:
            ConnectionRejectionError: nobody known.
        """
        await self._session.begin()
        return UNSET
