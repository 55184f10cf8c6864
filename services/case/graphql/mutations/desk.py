"""Presence and agents: asked of routing, with a bounded wait for its answer."""

from __future__ import annotations

from uuid import UUID

from contracts.vocabulary import Presence, Refusal, RefusalCode, id_of
from services.case.commands.request_agent_upsert import RequestAgentUpsert, request_agent_upsert
from services.case.commands.request_presence import RequestPresence, request_presence
from services.case.domain.desk_request_facts import AgentWish, GrantWish
from services.case.domain.money import amount_in_minor
from services.case.domain.permissions import Permission, require
from services.case.graphql.context import RequestContext
from services.case.graphql.ids import IdType
from services.case.graphql.inputs import AgentPresenceSetInput, AgentUpsertInput, BudgetInput
from services.case.graphql.mutations.running import carry_out, named_or_none, position_of
from services.case.graphql.types.payloads import AgentPresenceSetPayload, AgentUpsertPayload
from services.case.queries.attendance import says_to_be_here
from services.case.queries.people import desk_request
from services.case.queries.rows import RequestRow


async def set_presence(context: RequestContext, asked: AgentPresenceSetInput) -> AgentPresenceSetPayload:
    """Say to be here, away or gone.

    Raises:
        Refusal: what the command or routing refuses.
    """
    require(context.principal.actor, Permission.SET_OWN_PRESENCE)
    deps, ref = context.deps, await _whose(context, asked)
    command = RequestPresence(
        request_id=deps.ids.new(),
        agent_ref=ref,
        presence=asked.presence,
        until=asked.until,
        hand_over=bool(asked.hand_over),
    )
    done = await carry_out(
        context, "agentPresenceSet", asked, lambda how: request_presence(command, how, record=deps.record)
    )
    if asked.presence is Presence.ONLINE:
        await says_to_be_here(deps.pool, id_of("agent", ref), deps.clock.now())
    request_id = UUID(done.outcome["request_id"])
    answered = await until_answered(context, request_id)
    return AgentPresenceSetPayload(
        agent=await context.shown.agent_by_id(id_of("agent", ref)),
        position=await position_of(context, request_id, done.versions.get(request_id)) if answered else None,
    )


async def _whose(context: RequestContext, asked: AgentPresenceSetInput) -> str:
    """Of which agent, by reference.

    Raises:
        Refusal: FORBIDDEN, somebody else's; NOT_FOUND.
    """
    agent_id = named_or_none(IdType.AGENT, asked.agent_id, "agentId")
    if agent_id is None or agent_id == id_of("agent", context.principal.subject):
        return context.principal.subject
    require(context.principal.actor, Permission.SET_ANY_PRESENCE)
    found = await context.make.agent_by_id(agent_id)
    if found is None:
        raise Refusal(RefusalCode.NOT_FOUND, "no such agent", "agentId")
    return found.ref


async def upsert_agent(context: RequestContext, asked: AgentUpsertInput) -> AgentUpsertPayload:
    """Set up or change an agent.

    Raises:
        Refusal: what the command or routing refuses.
    """
    require(context.principal.actor, Permission.UPSERT_AGENT)
    deps = context.deps
    wish = AgentWish(
        ref=asked.ref,
        display_name=asked.display_name,
        email=asked.email,
        languages=None if asked.languages is None else tuple(asked.languages),
        skills=None if asked.skills is None else tuple(asked.skills),
        capacity_units=asked.capacity_units,
        budgets=None if asked.budgets is None else _grants(asked.budgets),
    )
    command = RequestAgentUpsert(request_id=deps.ids.new(), agent=wish)
    done = await carry_out(
        context, "agentUpsert", asked, lambda how: request_agent_upsert(command, how, record=deps.record)
    )
    request_id = UUID(done.outcome["request_id"])
    answered = await until_answered(context, request_id)
    return AgentUpsertPayload(
        agent=await context.shown.agent_by_id(id_of("agent", asked.ref)),
        position=await position_of(context, request_id, done.versions.get(request_id)) if answered else None,
    )


async def until_answered(context: RequestContext, request_id: UUID) -> bool:
    """Whether routing did it within the wait.

    Raises:
        Refusal: routing refused.
    """

    async def look() -> RequestRow | None:
        row = await desk_request(context.database, request_id)
        return row if row is not None and (row.done or row.code is not None) else None

    found = await context.deps.hub.until_answered(request_id, look, timeout_ms=context.deps.mutation_wait_ms_max)
    context.renew()
    if found is not None and found.code is not None:
        raise Refusal(RefusalCode(found.code), found.message or "refused", *(found.path or ()))
    return found is not None


def _grants(asked: list[BudgetInput]) -> tuple[GrantWish, ...]:
    return tuple(_grant(budget, "budgets", str(place)) for place, budget in enumerate(asked))


def _grant(budget: BudgetInput, *path: str) -> GrantWish:
    code = budget.currency_code
    amount, limit = (
        amount_in_minor(
            format(value, "f"), code, amount_path=(*path, name), currency_path=(*path, "currencyCode"), zero=True
        )
        for value, name in ((budget.amount, "amount"), (budget.item_limit, "itemLimit"))
    )
    return GrantWish(amount_minor=amount, currency=code, period=budget.period, item_limit_minor=limit)
