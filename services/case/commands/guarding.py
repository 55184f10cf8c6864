"""Looking at an answer before it leaves: by every guard rail, with what is known at that moment."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Record
from contracts.vocabulary import Actor, ActorKind, AgentKind, GuardVerdict, id_of
from services.case.commands.knowing import known_of
from services.case.domain.case import Case
from services.case.domain.guard_facts import WarningsConfirmed
from services.case.domain.guards.confirmation import Confirmed, confirms, token_of
from services.case.domain.guards.draft import Author, Draft, Finding, Matter
from services.case.domain.guards.looking import look_at, of_verdict
from services.case.domain.guards.persona import signed
from services.case.domain.guards.policy import GuardPolicy
from services.case.domain.guards.refusal import GuardRefusal
from services.case.domain.incident import Incident
from services.case.domain.incident_facts import IncidentState
from services.case.domain.known_agent import KnownAgent
from services.case.domain.recipients import ReplyRoute


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What its author said beside the answer. `matter`: the case, or to whom one is to begin. `path`: of the text.

    `writing`: how many colleagues write an answer there now. `named`: they said which contact it answers. `html`: the
    same, set in HTML. `file_names`: of what goes along.
    """

    matter: str
    path: tuple[str, ...] = ("text",)
    confirm_token: str | None = None
    writing: int = 0
    named: bool = False
    html: str | None = None
    file_names: tuple[str, ...] = ()


class Passed(msgspec.Struct, frozen=True):
    """An answer that may go on its way. `text`: as it is read, signed. `second_person`: why somebody reads it first.

    `confirmed`: the rules whose warnings its author confirmed.
    """

    text: str
    second_person: tuple[Finding, ...] = ()
    confirmed: tuple[str, ...] = ()


class Stopped(GuardRefusal):
    """With whom it was to reach, and by which way."""

    def __init__(
        self, findings: Sequence[Finding], customer_id: UUID, route: ReplyRoute, *path: str, token: str | None = None
    ) -> None:
        super().__init__(findings, *path, confirm_token=token)
        self.customer_id = customer_id
        self.route = route


async def guarded(
    case: Case,
    route: ReplyRoute,
    text: str,
    wish: Wish,
    context: CommandContext,
    *,
    record: Record,
    policy: GuardPolicy,
    sign: bool = True,
) -> Passed:
    """Let pass what no rail stops. `sign`: what stands below it is still to be added; templates have none.

    Raises:
        GuardRefusal: BLOCK findings, else WARN findings that are not confirmed, with the token that confirms them.
    """
    author, name = await author_of(record, context.actor)
    as_read = as_signed(policy, case, route, text, name) if sign else text
    draft = draft_of(route, text, author, named=wish.named, as_read=as_read, html=wish.html, file_names=wish.file_names)
    findings = await findings_of(case, route, draft, wish.writing, context, record=record, policy=policy)
    if blocked := of_verdict(findings, GuardVerdict.BLOCK):
        raise Stopped(blocked, case.customer_id, route, *wish.path)
    warned = of_verdict(findings, GuardVerdict.WARN)
    if warned:
        confirmed = _confirmed(wish, context.actor, route, draft, warned)
        if not confirms(policy.secret, wish.confirm_token, confirmed, at=context.at):
            token = token_of(policy.secret, confirmed, until=context.at + policy.confirm_within)
            raise Stopped(warned, case.customer_id, route, *wish.path, token=token)
    return Passed(as_read, of_verdict(findings, GuardVerdict.SECOND_PERSON), tuple(each.rule for each in warned))


async def findings_of(
    case: Case,
    route: ReplyRoute,
    draft: Draft,
    writing: int,
    context: CommandContext,
    *,
    record: Record,
    policy: GuardPolicy,
) -> tuple[Finding, ...]:
    """What the rails say of a draft in a case now."""
    matter = Matter(
        at=context.at,
        known=await known_of(record, case, route, policy),
        contacts=tuple(case.contacts.values()),
        writing=writing,
        lines=(*case.lines.values(), *await _of_its_incident(case, record)),
    )
    return look_at(draft, matter, policy, brand=case.brand)


async def _of_its_incident(case: Case, record: Record) -> tuple[str, ...]:
    """What the house answers in every case of the incident, as long as that goes on."""
    incident = None if case.incident_id is None else await record.load(Incident, case.incident_id)
    if incident is None or incident.state is not IncidentState.OPEN or incident.answer is None:
        return ()
    return (incident.answer,)


def draft_of(
    route: ReplyRoute,
    text: str,
    author: Author,
    *,
    named: bool = False,
    as_read: str | None = None,
    html: str | None = None,
    file_names: Sequence[str] = (),
) -> Draft:
    """An answer by its way, as the rails look at it."""
    return Draft(
        text,
        author=author,
        channel=route.channel,
        account=route.account,
        visibility=route.visibility,
        in_reply_to=route.in_reply_to,
        named=named,
        as_read=as_read,
        html=html,
        file_names=file_names,
    )


async def author_of(record: Record, actor: Actor) -> tuple[Author, str | None]:
    """Who wants to say something, and what they are called where that is known."""
    if actor.kind is ActorKind.STAFF:
        return Author(actor.ref), None
    if actor.kind is not ActorKind.AGENT:
        return Author(actor.ref, is_machine=True, skills=()), None
    agent = await record.load(KnownAgent, id_of("agent", actor.ref))
    return (Author(actor.ref, skills=()), None) if agent is None else author_in(agent)


def author_in(agent: KnownAgent) -> tuple[Author, str | None]:
    """An agent as who wants to say something, and what they are called."""
    card = agent.card
    return Author(card.ref, card.kind is AgentKind.BOT, card.skills, card.team_ref), agent.display_name


def as_signed(policy: GuardPolicy, case: Case, route: ReplyRoute, text: str, name: str | None) -> str:
    """The text with what stands below what this brand says on this channel."""
    return signed(text, policy.personas, brand=case.brand, channel=route.channel, name=name)


def confirm(case: Case, contact_id: UUID, passed: Passed, context: CommandContext) -> None:
    """Put on record that warnings were confirmed, where there were any."""
    if passed.confirmed:
        case.trigger_event(
            WarningsConfirmed,
            timestamp=context.at,
            contact_id=contact_id,
            customer_id=case.customer_id,
            agent_ref=context.actor.ref,
            rules=passed.confirmed,
        )


def _confirmed(wish: Wish, actor: Actor, route: ReplyRoute, draft: Draft, warned: Sequence[Finding]) -> Confirmed:
    """All that is seen of it is confirmed: a link that leads elsewhere is another answer."""
    way = "\n".join((route.channel.value, route.account, route.to.kind.value, route.to.value, str(route.in_reply_to)))
    said = "\n".join((draft.text, wish.html or "", *draft.file_names))
    rules = tuple(each.rule for each in warned)
    return Confirmed(wish.matter, actor.ref, said, way, route.visibility, rules)
