"""An agent settles a matter at one stroke: an answer, a gesture where one is due, and the resolution."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import GestureKind, Refusal, RefusalCode, ResolutionOutcome, Visibility
from services.case.commands.checking import check_budget, check_cause, check_gesture, checked_reference
from services.case.commands.consenting import check_wanted
from services.case.commands.finding import check_usable, find_case, known_handles
from services.case.commands.guarding import Passed, Wish, confirm, guarded
from services.case.commands.recording_refusals import on_record
from services.case.commands.versions import check_version
from services.case.domain import gestures, holding, settlements
from services.case.domain.case import Case
from services.case.domain.permissions import Permission, require
from services.case.domain.policy import CasePolicy
from services.case.domain.recipients import ReplyRoute, ReplyWish, check_length, choose_route
from services.case.domain.texts import checked_text
from services.case.ports import Directory


class SettlingGesture(msgspec.Struct, frozen=True):
    """The gesture `gesture_id`; fields as those of `GiveGesture`."""

    gesture_id: UUID
    kind: GestureKind
    amount_minor: int
    currency: str
    reason: str
    reference: dict[str, str] | None = None


class SettleCase(msgspec.Struct, frozen=True):
    """The settlement `settlement_id` with the answer `contact_id`; the rest as of a reply and a resolution."""

    case_id: UUID
    settlement_id: UUID
    contact_id: UUID
    text: str
    visibility: Visibility
    account_id: UUID | None = None
    handle_id: UUID | None = None
    gesture: SettlingGesture | None = None
    outcome: ResolutionOutcome = ResolutionOutcome.SOLVED
    cause: str | None = None
    confirm_token: str | None = None
    writing: int = 0


async def settle_case(
    command: SettleCase, context: CommandContext, *, record: Record, directory: Directory, policy: CasePolicy
) -> Committed:
    """Answer and resolve; with a gesture, as soon as its money is held, and not at all where it is refused.

    An answer that another person is to read is held for them, once the money is there, and resolves when it leaves.

    Outcome: `case_id`, `contact_id`, `gesture_id` (None: there is none), `second_person` (why it is held).

    Raises:
        GuardRefusal: as of a reply; put on record.
        Refusal: what a reply, a gesture and a resolution are refused for (paths within `reply` and `gesture`);
            IDEMPOTENCY_IN_PROGRESS, another settlement of the case awaits its money.
    """
    for permission in (Permission.REPLY, Permission.RESOLVE_CASE):
        require(context.actor, permission)
    text, gesture = checked_text(command.text, "reply", "text"), command.gesture
    check_cause(command.cause, policy)
    if gesture is not None:
        require(context.actor, Permission.GIVE_GESTURE)
        check_gesture(gesture.amount_minor, gesture.reason, policy, "gesture")
        reference = checked_reference(gesture.kind, gesture.reference, "gesture")
        gesture = msgspec.structs.replace(gesture, reference=reference)
        command = msgspec.structs.replace(command, gesture=gesture)

    async def decide() -> Work:
        case = await find_case(record, command.case_id, "caseId")
        check_version(case, context)
        await check_usable(record, case, at=context.at)
        case.check_not_resolved()
        if case.settlements:
            raise Refusal(RefusalCode.IDEMPOTENCY_IN_PROGRESS, "a settlement of the case awaits its money", "caseId")
        if gesture is not None:
            await check_budget(directory, context, gesture.currency, "gesture")
        known = await known_handles(record, case)
        route = _route(case, command, text, context, policy, known=known)
        await check_wanted(record, case, route.handle_id, "reply", "handleId")
        passed = await guarded(case, route, text, _wish(command), context, record=record, policy=policy.guards)
        check_length(route, passed.text, "reply", "text")
        confirm(case, command.contact_id, passed, context)
        _settle(case, command, route, passed, context, open_for=policy.guards.approval_open_for)
        return Work(streams=(case,), outcome=_outcome(command, passed))

    work = record.transact(context, decide, serialise_on=(command.case_id,))
    return await on_record(work, command.case_id, context, record)


def _wish(command: SettleCase) -> Wish:
    return Wish(
        matter=str(command.case_id),
        path=("reply", "text"),
        confirm_token=command.confirm_token,
        writing=command.writing,
    )


def _settle(
    case: Case, command: SettleCase, route: ReplyRoute, passed: Passed, context: CommandContext, *, open_for: timedelta
) -> None:
    rules = [each.rule for each in passed.second_person]
    how: dict[str, Any] = {
        "contact_id": command.contact_id,
        "route": route,
        "text": command.text.strip() if rules else passed.text,
        "agent_ref": context.actor.ref,
        "outcome": command.outcome,
        "cause": command.cause,
        "at": context.at,
    }
    gesture = command.gesture
    if gesture is None:
        if rules:
            holding.hold(case, **how, rules=rules, open_for=open_for)
        else:
            settlements.settle(case, **how)
        return
    how |= {"guarded_by": rules, "open_for": open_for}
    settlements.begin(case, settlement_id=command.settlement_id, gesture_id=gesture.gesture_id, **how)
    gestures.request(
        case,
        gesture_id=gesture.gesture_id,
        agent=context.actor,
        kind=gesture.kind,
        amount_minor=gesture.amount_minor,
        currency=gesture.currency,
        reason=gesture.reason,
        note=None,
        reference=gesture.reference,
        at=context.at,
    )


def _route(
    case: Case,
    command: SettleCase,
    text: str,
    context: CommandContext,
    policy: CasePolicy,
    *,
    known: frozenset[UUID],
) -> ReplyRoute:
    wish = ReplyWish(account_id=command.account_id, handle_id=command.handle_id, visibility=command.visibility)
    try:
        contacts = tuple(case.contacts.values())
        return choose_route(contacts, wish=wish, text=text, at=context.at, muted=policy.muted, known=known)
    except Refusal as refusal:
        raise Refusal(refusal.code, refusal.message, *(("reply", *refusal.path) if refusal.path else ())) from None


def _outcome(command: SettleCase, passed: Passed) -> dict[str, Any]:
    return {
        "case_id": str(command.case_id),
        "contact_id": str(command.contact_id),
        "gesture_id": None if command.gesture is None else str(command.gesture.gesture_id),
        "second_person": msgspec.to_builtins(passed.second_person),
    }
