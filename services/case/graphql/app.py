"""The API in front of the service's other routes, for HTTP and websockets alike."""

from __future__ import annotations

from typing import Any

import orjson

from infra.logs import log
from services.case.graphql.answering import INTERNAL
from services.case.graphql.api import Api
from services.case.graphql.endpoint import Endpoint
from services.case.graphql.responses import respond
from services.case.graphql.socket import SocketEndpoint

PATH = "/graphql"
PATHS = frozenset({PATH, f"{PATH}/"})
SERVER_ERROR = 500


class GraphQLFirst:
    """An ASGI application that answers the API's requests, of whatever method, and leaves all others to `app`.

    A router and a framework would cost as much as an answer does; nothing of them is needed here.
    """

    def __init__(self, api: Api, app: Any) -> None:
        self._endpoint = Endpoint(api)
        self._sockets = SocketEndpoint(api, self._endpoint)
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one connection."""
        if scope.get("path") not in PATHS:
            await self._app(scope, receive, send)
            return
        scope["path_template"] = PATH  # as a router says it, for who measures
        if scope["type"] == "websocket":
            await self._sockets(scope, receive, send)
            return
        try:
            await self._endpoint(scope, receive, send)
        except Exception as fault:  # noqa: BLE001  (whatever it is, the client gets an answer in our shape)
            log("case.graphql").error("request failed", exc_info=fault)
            problem = {"errors": [{"message": "internal error", "extensions": {"code": INTERNAL}}]}
            try:
                await respond(send, SERVER_ERROR, orjson.dumps(problem), {})
            except RuntimeError:  # an answer had begun: all that is left is to break it off
                raise fault from None
