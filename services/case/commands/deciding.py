"""Who may decide about what others say: leads, whoever has the skill to speak in public, and the press desk."""

from __future__ import annotations

from contracts.stored import Record
from contracts.vocabulary import Actor, ActorKind, AgentKind, Refusal, RefusalCode, id_of
from services.case.domain.guards.policy import GuardPolicy
from services.case.domain.known_agent import KnownAgent
from services.case.domain.permissions import Permission, may


async def decides(record: Record, actor: Actor, policy: GuardPolicy) -> bool:
    """Whether they may. A machine never does."""
    if may(actor, Permission.DECIDE_REPLY):
        return actor.kind is not ActorKind.SYSTEM
    if not may(actor, Permission.REPLY) or actor.kind is not ActorKind.AGENT:
        return False
    agent = await _person(record, actor)
    return agent is not None and (policy.skill in agent.card.skills or _of_the_press(agent, policy))


async def check_decides(record: Record, actor: Actor, policy: GuardPolicy) -> None:
    """Let pass who may.

    Raises:
        Refusal: FORBIDDEN.
    """
    if not await decides(record, actor, policy):
        raise Refusal(RefusalCode.FORBIDDEN, f"a lead decides, the press desk, or the skill {policy.skill!r}")


async def check_speaks_for_all(record: Record, actor: Actor, policy: GuardPolicy) -> None:
    """Let pass who says how the house puts something: a lead, or the press desk.

    Raises:
        Refusal: FORBIDDEN.
    """
    agent = await _person(record, actor) if actor.kind is ActorKind.AGENT else None
    if not may(actor, Permission.DECIDE_REPLY) and (agent is None or not _of_the_press(agent, policy)):
        raise Refusal(RefusalCode.FORBIDDEN, "a lead or the press desk says how the house puts it")


async def _person(record: Record, actor: Actor) -> KnownAgent | None:
    """The agent, where it is a person who is with us."""
    agent = await record.load(KnownAgent, id_of("agent", actor.ref))
    return agent if agent is not None and agent.card.active and agent.card.kind is AgentKind.PERSON else None


def _of_the_press(agent: KnownAgent, policy: GuardPolicy) -> bool:
    return policy.press_team is not None and agent.card.team_ref == policy.press_team
