"""What of a started runtime has to do with payouts: the loop that posts them, and where the payer is heard."""

from __future__ import annotations

from contextlib import AsyncExitStack

import httpx
from litestar.handlers import HTTPRouteHandler

from contracts.gesture_rules import Payouts
from contracts.stored import Record
from infra.runtime import Runtime
from infra.turn import Turn
from services.case.domain.policy import CasePolicy
from services.case.http.payouts import PayerDesk, payouts_route
from services.case.ports import Directory
from services.case.workers.payer import ANSWER_SECONDS_MAX, PAYOUTS_AT_ONCE_MAX, Payer

CONNECT_SECONDS_MAX = 5.0
PAYING = 7005
"""The lock of the process that asks the payer."""


async def open_payer(
    runtime: Runtime, record: Record, policy: CasePolicy, payouts: Payouts, resources: AsyncExitStack
) -> Payer:
    """The loop, with a client that ends with `resources`: no redirects, a bound on every wait."""
    client = await resources.enter_async_context(
        httpx.AsyncClient(
            timeout=httpx.Timeout(ANSWER_SECONDS_MAX, connect=CONNECT_SECONDS_MAX, pool=CONNECT_SECONDS_MAX),
            limits=httpx.Limits(max_connections=PAYOUTS_AT_ONCE_MAX, keepalive_expiry=CONNECT_SECONDS_MAX),
            follow_redirects=False,
            trust_env=False,
        )
    )
    turn = Turn(runtime.settings.database_url, PAYING, application_name="eender-case-payer")
    clock, ids = runtime.clock, runtime.ids
    return Payer(
        payouts, pool=runtime.pool, record=record, policy=policy, clock=clock, ids=ids, client=client, turn=turn
    )


def payer_routes(
    runtime: Runtime, record: Record, policy: CasePolicy, payouts: Payouts | None, directory: Directory
) -> list[HTTPRouteHandler]:
    """Where the payer is heard; nowhere where none is configured."""
    if payouts is None:
        return []
    desk = PayerDesk(payouts.secret, record, policy, directory, runtime.clock, runtime.ids)
    return [payouts_route(desk)]
