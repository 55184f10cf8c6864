"""The routing service as a whole: what it consists of, and the only place that knows every part of it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from uuid import UUID

from litestar import Litestar

from contracts import subjects
from contracts.configuration import Configuration
from contracts.envelope import Message
from contracts.stored import Record
from infra.configuration_file import read_configuration
from infra.consumer import Handler
from infra.health import health_router
from infra.runtime import Runtime
from infra.settings import ServiceSettings
from infra.tiles import log_router
from services.routing.commands.apply_configuration import apply_configuration
from services.routing.commands.set_zone import SetZone, set_zone
from services.routing.domain.calendar import Calendar
from services.routing.projections import PROJECTIONS
from services.routing.publish import contract_fact
from services.routing.queries.floor import TableFloor
from services.routing.queries.purse import TablePurse
from services.routing.queries.workload import TableWorkload
from services.routing.reactions.answer_offer_on_offer_answered import answer_offer_on_offer_answered
from services.routing.reactions.capture_money_on_gesture_given import capture_money_on_gesture_given
from services.routing.reactions.decide_case_on_case_opened import decide_case_on_case_opened
from services.routing.reactions.exclude_agent_on_agent_exclusion_changed import (
    exclude_agent_on_agent_exclusion_changed,
)
from services.routing.reactions.hold_money_on_gesture_requested import hold_money_on_gesture_requested
from services.routing.reactions.hold_team_money_on_gesture_approved import hold_team_money_on_gesture_approved
from services.routing.reactions.join_customers_on_customer_merged import join_customers_on_customer_merged
from services.routing.reactions.note_contact_on_contact_attached import note_contact_on_contact_attached
from services.routing.reactions.opening_contacts import OpeningContacts
from services.routing.reactions.part_customers_on_customer_unmerged import part_customers_on_customer_unmerged
from services.routing.reactions.release_money_on_gesture_dropped import release_money_on_gesture_dropped
from services.routing.reactions.reverse_money_on_gesture_reversed import reverse_money_on_gesture_reversed
from services.routing.reactions.set_owner_on_reply_requested import set_owner_on_reply_requested
from services.routing.reactions.set_presence_on_presence_requested import set_presence_on_presence_requested
from services.routing.reactions.set_roster_on_agent_roster_requested import set_roster_on_agent_roster_requested
from services.routing.reactions.transfer_case_on_case_transfer_requested import (
    transfer_case_on_case_transfer_requested,
)
from services.routing.reactions.upsert_agent_on_agent_upsert_requested import upsert_agent_on_agent_upsert_requested
from services.routing.reactions.weigh_case_on_case_status_changed import weigh_case_on_case_status_changed
from services.routing.settings import filed_of, money_rules_of, rules_of
from services.routing.workers.capacity_watch import CapacityWatch
from services.routing.workers.hours import KeepHours
from services.routing.workers.waiting_cases import DecideAgain

SERVICE = "routing"


def runtime_of(settings: ServiceSettings) -> Runtime:
    """The parts every service has, with routing's tables and messages."""
    return Runtime(
        service=SERVICE,
        settings=settings,
        packages=("services.routing.migrations",),
        statements_packages=("services.routing.projections",),
        projections=PROJECTIONS,
        publish=contract_fact,
    )


async def begin(runtime: Runtime, configuration: Configuration, *, filed: bool) -> None:
    """Apply the configuration to a started runtime and set it to work.

    `filed` False: there is no configuration file; agents, teams and budgets then stay as they are.

    Raises:
        Refusal: the configuration says something that cannot be.
        ConfigurationError: likewise, naming the key.
    """
    wanted = SetZone(configuration.timezone, absent=not filed)
    calendar = await set_zone(wanted, record=runtime.record, clock=runtime.clock)
    await apply_configuration(
        filed_of(configuration), record=runtime.record, clock=runtime.clock, calendar=calendar, absent=not filed
    )
    floor = TableFloor(runtime.pool, rules_of(configuration))
    again = DecideAgain(record=runtime.record, floor=floor, clock=runtime.clock, ids=runtime.ids)
    hours = KeepHours(
        record=runtime.record,
        attendance=floor,
        purse=TablePurse(runtime.pool),
        clock=runtime.clock,
        ids=runtime.ids,
        calendar=calendar,
        wake=again.wake,
    )
    together = dict.fromkeys((subjects.CASE_OPENED, subjects.CONTACT_ATTACHED), nothing_before)
    runtime.consume(subjects.CASE, reactions(runtime, floor, again, configuration, calendar), together=together)
    runtime.spawn("decide-again", again.run)
    runtime.spawn("keep-hours", hours.run)
    workload = TableWorkload(runtime.pool)
    capacity = CapacityWatch(
        workload=workload, policy=floor.rules.policy, record=runtime.record, clock=runtime.clock, ids=runtime.ids
    )
    runtime.spawn("capacity-watch", capacity.run)
    runtime.run()


def nothing_before(_message: Message) -> tuple[UUID, ...]:
    """Cases of one customer queue up by themselves in the order in which they were told; others need not wait."""
    return ()


def side_by_side(record: Record, floor: TableFloor, configuration: Configuration) -> dict[str, Handler]:
    """What routing does when cases come in, many at a time."""
    opening = OpeningContacts()
    return {
        subjects.CASE_OPENED: partial(
            decide_case_on_case_opened,
            record=record,
            floor=floor,
            units_of=configuration.units_of,
            opening=opening,
            teams={brand.ref: brand.team for brand in configuration.brands if brand.team is not None},
        ),
        subjects.CONTACT_ATTACHED: partial(
            note_contact_on_contact_attached, record=record, floor=floor, opening=opening
        ),
    }


def reactions(
    runtime: Runtime, floor: TableFloor, again: DecideAgain, configuration: Configuration, calendar: Calendar
) -> Mapping[str, Handler]:
    """What routing does when the case service tells something."""
    record = runtime.record
    rules = money_rules_of(configuration)
    return side_by_side(record, floor, configuration) | {
        subjects.CASE_STATUS_CHANGED: partial(
            weigh_case_on_case_status_changed, record=record, floor=floor, wake=again.wake
        ),
        subjects.CASE_TRANSFER_REQUESTED: partial(
            transfer_case_on_case_transfer_requested, record=record, floor=floor, wake=again.wake
        ),
        subjects.OFFER_ANSWERED: partial(answer_offer_on_offer_answered, record=record, floor=floor, wake=again.wake),
        subjects.CUSTOMER_MERGED: partial(join_customers_on_customer_merged, record=record, floor=floor),
        subjects.CUSTOMER_UNMERGED: partial(part_customers_on_customer_unmerged, record=record, floor=floor),
        subjects.AGENT_EXCLUSION_CHANGED: partial(
            exclude_agent_on_agent_exclusion_changed, record=record, floor=floor, wake=again.wake
        ),
        subjects.REPLY_REQUESTED: partial(set_owner_on_reply_requested, record=record, floor=floor),
        subjects.GESTURE_REQUESTED: partial(
            hold_money_on_gesture_requested, record=record, calendar=calendar, rules=rules
        ),
        subjects.GESTURE_APPROVED: partial(
            hold_team_money_on_gesture_approved, record=record, calendar=calendar, rules=rules
        ),
        subjects.GESTURE_GIVEN: partial(capture_money_on_gesture_given, record=record),
        subjects.GESTURE_REVERSED: partial(reverse_money_on_gesture_reversed, record=record),
        subjects.GESTURE_DROPPED: partial(release_money_on_gesture_dropped, record=record),
        subjects.PRESENCE_REQUESTED: partial(set_presence_on_presence_requested, record=record, wake=again.wake),
        subjects.AGENT_ROSTER_REQUESTED: partial(set_roster_on_agent_roster_requested, record=record, wake=again.wake),
        subjects.AGENT_UPSERT_REQUESTED: partial(
            upsert_agent_on_agent_upsert_requested, record=record, calendar=calendar, wake=again.wake
        ),
    }


def create_app(env: Mapping[str, str] | None = None) -> Litestar:
    """The service as an ASGI application: it has no HTTP interface but its health and its log's proofs.

    Raises:
        SettingsError: the environment lacks something.
        ConfigurationError: the configuration cannot be used.
    """
    environment = os.environ if env is None else env
    settings = ServiceSettings.from_environment(environment)
    configuration = read_configuration(settings.config_path, environment)
    runtime = runtime_of(settings)

    @asynccontextmanager
    async def lifespan(_app: Litestar) -> AsyncIterator[None]:
        async with runtime:
            await begin(runtime, configuration, filed=settings.config_path is not None)
            yield

    routes = [health_router(runtime.ready), log_router(runtime)]
    return Litestar(routes, lifespan=[lifespan], openapi_config=None, logging_config=None)
