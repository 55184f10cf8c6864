"""One query or mutation from its admission to its answer: by a plan where there is one, within a time.

It is the same whichever way it came: by HTTP, as the one event of a stream, or over a socket.
"""

from __future__ import annotations

import asyncio
from typing import NamedTuple

import orjson
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.execution import ExecutionResult
from strawberry.types.graphql import OperationType

from services.case.graphql.api import Api
from services.case.graphql.context import RequestContext
from services.case.graphql.gate import Admitted
from services.case.graphql.requests import EVENTS, Asked, BadRequestError
from services.case.graphql.responses import shaped

OPERATION_S_MAX = 30.0
BAD_REQUEST, NOT_ALLOWED, UNAVAILABLE = 400, 405, 503


class Answer(NamedTuple):
    """The body as JSON. `refused`: the request itself was, so that there is no data; `failed`: something went wrong."""

    body: bytes
    refused: bool = False
    failed: bool = False


async def answered(api: Api, context: RequestContext, admitted: Admitted, *, mutates: bool) -> Answer:
    """The answer to a query, or (`mutates`) to a mutation.

    Raises:
        BadRequestError: UNAVAILABLE, it took too long; OPERATION_RESOLUTION_FAILURE; METHOD_NOT_ALLOWED, a mutation
            where none is taken; BAD_REQUEST, a subscription.
    """
    try:
        async with asyncio.timeout(OPERATION_S_MAX):
            return await _answered(api, context, admitted, mutates=mutates)
    except TimeoutError:
        message = f"not done within {OPERATION_S_MAX:.0f} s"
        raise BadRequestError(UNAVAILABLE, "UNAVAILABLE", message, {"retry-after": "1"}) from None


async def _answered(api: Api, context: RequestContext, admitted: Admitted, *, mutates: bool) -> Answer:
    told = api.gate.told(admitted)
    if api.compiled is not None:
        planned = await api.compiled.answer(context, admitted.asked, told, mutates=mutates)
        if planned is not None:
            return Answer(planned)
    result = await _executed(api, context, admitted.asked, mutates=mutates)
    result.extensions = {**(result.extensions or {}), **told}
    body, refused = shaped(result)
    return Answer(orjson.dumps(body), refused, bool(result.errors))


async def _executed(api: Api, context: RequestContext, asked: Asked, *, mutates: bool) -> ExecutionResult:
    allowed = {OperationType.QUERY, OperationType.MUTATION} if mutates else {OperationType.QUERY}
    try:
        return await api.schema.execute(
            asked.query,
            variable_values=asked.variables,
            context_value=context,
            operation_name=asked.operation_name,
            allowed_operation_types=allowed,
        )
    except CannotGetOperationTypeError as error:
        raise BadRequestError(BAD_REQUEST, "OPERATION_RESOLUTION_FAILURE", error.as_http_error_reason()) from None
    except InvalidOperationTypeError as error:
        raise _not_that_way(error.operation_type) from None


def _not_that_way(kind: OperationType) -> BadRequestError:
    if kind is OperationType.SUBSCRIPTION:
        message = f"subscriptions come as {EVENTS} or over graphql-transport-ws"
        return BadRequestError(BAD_REQUEST, "BAD_REQUEST", message)
    return BadRequestError(NOT_ALLOWED, "METHOD_NOT_ALLOWED", "mutations come by POST", {"allow": "POST"})
