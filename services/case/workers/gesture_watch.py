"""Looks at every gesture after it was given: draws the share that a second person reads, and sees signs for auditors.

It needs no memory: what a crash left undone is to be looked at still. Nobody waits for it, and nothing is held up by
it. What it sees is what the tables say when it looks, which is a moment after the gesture was given.
"""

from __future__ import annotations

from datetime import timedelta

import asyncpg

from contracts.controls import Controls
from contracts.stored import Record
from infra.logs import log
from infra.postgres import Pool
from infra.rounds import go_round
from infra.sql import statements
from services.case.commands.look_at_gesture import LookAtGesture, look_at_gesture
from services.case.commands.own_initiative import own_context
from services.case.domain.control_signs import ControlFigures
from services.case.ports import Clock, Ids

ROUND_EVERY_SECONDS = 1.0
GESTURES_OF_ROUND_MAX = 200

_SQL = statements("services.case.workers")
logger = log("gesture-watch")


class GestureWatch:
    """The loop."""

    def __init__(self, *, pool: Pool, record: Record, clock: Clock, ids: Ids, controls: Controls) -> None:
        self._pool = pool
        self._record = record
        self._clock = clock
        self._ids = ids
        self._controls = controls

    async def run(self) -> None:
        """Go round for ever. While the database is away, it comes again."""
        await go_round(self.round, every_seconds=ROUND_EVERY_SECONDS, logger=logger)

    async def round(self) -> None:
        """Look at what was given and not looked at, the first given first."""
        for row in await self._pool.fetch(_SQL["gestures_to_look_at"], GESTURES_OF_ROUND_MAX):
            command = LookAtGesture(
                gesture_id=row["gesture_id"],
                case_id=row["case_id"],
                agent_ref=row["agent_ref"],
                approver_ref=row["approver_ref"],
                figures=await self._figures(row),
            )
            context = own_context(self._clock, self._ids)
            await look_at_gesture(command, context, record=self._record, controls=self._controls)

    async def _figures(self, row: asyncpg.Record) -> ControlFigures:
        rules, given_at = self._controls, row["given_at"]
        gesture, agent = (row["gesture_id"], given_at), (row["agent_ref"], given_at)
        of_agent = await self._pool.fetchrow(
            _SQL["figures_of_agent"],
            *agent,
            given_at - timedelta(hours=1),
            given_at - timedelta(days=rules.near_limit_days),
            100 - rules.near_limit_percent,
            row["gesture_id"],
        )
        of_customer = await self._pool.fetchrow(
            _SQL["figures_of_customer"],
            *gesture,
            given_at - timedelta(days=rules.same_customer_days),
            given_at - timedelta(days=rules.customer_days),
        )
        since = given_at - timedelta(days=rules.pair_days)
        of_pair = await self._pool.fetchrow(_SQL["figures_of_pair"], *agent, row["approver_ref"], since)
        found = {name: value for each in (of_agent, of_customer, of_pair) if each for name, value in each.items()}
        return ControlFigures(currency=row["currency"], **found)
