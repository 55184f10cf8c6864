"""An answer that passed the guard rails leaves, or waits for another person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from contracts.stored import CommandContext
from services.case.commands.guarding import Passed, confirm
from services.case.commands.sending_along import TakenFiles
from services.case.domain import holding, replies
from services.case.domain.case import Case
from services.case.domain.guards.persona import signed_html
from services.case.domain.policy import CasePolicy
from services.case.domain.recipients import ReplyRoute
from services.case.domain.templates import Words


def let_leave(
    case: Case,
    words: Words,
    passed: Passed,
    context: CommandContext,
    *,
    contact_id: UUID,
    route: ReplyRoute,
    policy: CasePolicy,
    subject: str | None = None,
    acknowledges: bool = False,
    html: str | None = None,
    files: TakenFiles | None = None,
) -> None:
    """Ask for it to be sent, or hold it; warnings that were confirmed are put on record.

    `html`: what `words` say, set in HTML. `files`: what goes along; nothing is held longer than they wait.

    Raises:
        Refusal: CUSTOMER_ERASED, CASE_RESOLVED.
    """
    confirm(case, contact_id, passed, context)
    how: dict[str, Any] = {
        "contact_id": contact_id,
        "route": route,
        "agent_ref": context.actor.ref,
        "at": context.at,
        "subject": subject,
        "template": words.template,
        "acknowledges": acknowledges,
        "files": () if files is None else files.contents,
    }
    if passed.second_person:
        rules = [each.rule for each in passed.second_person]
        how |= {"open_for": policy.guards.approval_open_for, "until": None if files is None else files.until}
        holding.hold(case, **how, text=words.text, html=html, rules=rules)
    else:
        replies.request(case, **how, text=passed.text, html=signed_html(html, words.text, passed.text))
