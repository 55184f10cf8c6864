"""The API's one route, for HTTP and websockets alike, and the page to try it on."""

from __future__ import annotations

from litestar import asgi
from litestar.enums import ScopeType
from litestar.handlers import ASGIRouteHandler, HTTPRouteHandler
from litestar.types import Receive, Scope, Send

from services.case.graphql.api import Api
from services.case.graphql.context import GraphQLDeps
from services.case.graphql.endpoint import Endpoint
from services.case.graphql.explorer import explorer_routes
from services.case.graphql.socket import SocketEndpoint

PATH = "/graphql"


def graphql_routes(deps: GraphQLDeps) -> list[ASGIRouteHandler | HTTPRouteHandler]:
    """What the service mounts. One handler for every method, so that even a wrong one is answered in our shape."""
    return routes_of(Api(deps))


def routes_of(api: Api) -> list[ASGIRouteHandler | HTTPRouteHandler]:
    """The same for an API that was made already."""
    endpoint = Endpoint(api)
    sockets = SocketEndpoint(api, endpoint)

    @asgi(PATH, copy_scope=True)
    async def graphql(scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or serve one websocket."""
        await (sockets if scope["type"] == ScopeType.WEBSOCKET else endpoint)(scope, receive, send)

    return [graphql, *explorer_routes()]
