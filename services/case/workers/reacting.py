"""What the record does when another service tells something: by the subject of what is told."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from contracts import subjects
from contracts.stored import Record
from infra.consumer import Handler
from infra.runtime import Runtime
from services.case.ports import Classifier, Directory
from services.case.reactions.assign_case_on_case_routed import assign_case_on_case_routed
from services.case.reactions.attach_contact_on_contact_received import attach_contact_on_contact_received
from services.case.reactions.await_approval_on_approval_required import await_approval_on_approval_required
from services.case.reactions.edit_contact_on_contact_edited import edit_contact_on_contact_edited
from services.case.reactions.hasten_case_on_reach_measured import hasten_case_on_reach_measured
from services.case.reactions.link_handles_on_handle_aliased import link_handles_on_handle_aliased
from services.case.reactions.note_attachment_on_attachment_changed import note_attachment_on_attachment_changed
from services.case.reactions.note_configuration_on_configuration_applied import (
    note_configuration_on_configuration_applied,
)
from services.case.reactions.note_refusal_on_request_refused import note_refusal_on_request_refused
from services.case.reactions.note_upload_on_upload_changed import note_upload_on_upload_changed
from services.case.reactions.react_to_contact_on_reaction_changed import react_to_contact_on_reaction_changed
from services.case.reactions.record_delivery_on_delivery_updated import record_delivery_on_delivery_updated
from services.case.reactions.record_forgetting_on_subject_forgotten import record_forgetting_on_subject_forgotten
from services.case.reactions.record_gesture_on_hold_placed import record_gesture_on_hold_placed
from services.case.reactions.record_publication_on_publication_updated import record_publication_on_publication_updated
from services.case.reactions.record_refusal_on_approval_refused import record_refusal_on_approval_refused
from services.case.reactions.record_withholding_on_content_withheld import record_withholding_on_content_withheld
from services.case.reactions.refuse_gesture_on_gesture_refused import refuse_gesture_on_gesture_refused
from services.case.reactions.remove_contact_on_contact_removed import remove_contact_on_contact_removed
from services.case.reactions.show_account_on_account_configured import show_account_on_account_configured
from services.case.reactions.show_agent_on_agent_changed import show_agent_on_agent_changed
from services.case.reactions.show_budget_on_budget_changed import show_budget_on_budget_changed
from services.case.reactions.show_capacity_on_capacity_changed import show_capacity_on_capacity_changed
from services.case.reactions.show_duo_on_duo_changed import show_duo_on_duo_changed
from services.case.reactions.show_health_on_account_health_changed import show_health_on_account_health_changed
from services.case.reactions.show_team_on_team_changed import show_team_on_team_changed
from services.case.settings import CaseSettings
from services.case.workers.standing_policy import StandingPolicy


def reactions_to_channels(
    runtime: Runtime,
    record: Record,
    directory: Directory,
    settings: CaseSettings,
    classifier: Classifier | None = None,
) -> dict[str, Handler]:
    """What the record does when channels tells something."""
    opener, policy = runtime.keys, settings.policy
    standing = StandingPolicy(runtime.pool, policy)
    deciding: dict[str, Any] = {"record": record, "directory": directory, "ids": runtime.ids, "opener": opener}
    return {
        subjects.CONTACT_RECEIVED: standing.judging(
            attach_contact_on_contact_received, **deciding, classifier=classifier
        ),
        subjects.ATTACHMENT_CHANGED: partial(note_attachment_on_attachment_changed, record=record, directory=directory),
        subjects.UPLOAD_CHANGED: partial(note_upload_on_upload_changed, record=record),
        subjects.CONTACT_EDITED: standing.judging(edit_contact_on_contact_edited, **deciding),
        subjects.CONTACT_REMOVED: partial(remove_contact_on_contact_removed, record=record, directory=directory),
        subjects.REACTION_CHANGED: partial(react_to_contact_on_reaction_changed, record=record, directory=directory),
        subjects.REACH_MEASURED: standing.judging(
            hasten_case_on_reach_measured, record=record, directory=directory, ids=runtime.ids
        ),
        subjects.HANDLE_ALIASED: partial(
            link_handles_on_handle_aliased, record=record, directory=directory, policy=policy, opener=opener
        ),
        subjects.DELIVERY_UPDATED: partial(record_delivery_on_delivery_updated, record=record),
        subjects.PUBLICATION_UPDATED: partial(record_publication_on_publication_updated, record=record),
        subjects.ACCOUNT_CONFIGURED: standing.changing(show_account_on_account_configured, record=record),
        subjects.ACCOUNT_HEALTH_CHANGED: partial(show_health_on_account_health_changed, record=record),
        subjects.SUBJECT_FORGOTTEN: partial(record_forgetting_on_subject_forgotten, record=record),
        subjects.CONTENT_WITHHELD: partial(record_withholding_on_content_withheld, record=record),
        subjects.CHANNELS_CONFIGURED: partial(note_configuration_on_configuration_applied, record=record),
    }


def reactions_to_routing(record: Record, settings: CaseSettings, wake_payer: Callable[[], None]) -> dict[str, Handler]:
    """What the record does when routing tells something."""
    return {
        subjects.CASE_ROUTED: partial(assign_case_on_case_routed, record=record),
        subjects.AGENT_CHANGED: partial(show_agent_on_agent_changed, record=record),
        subjects.TEAM_CHANGED: partial(show_team_on_team_changed, record=record),
        subjects.BUDGET_CHANGED: partial(show_budget_on_budget_changed, record=record),
        subjects.CAPACITY_CHANGED: partial(show_capacity_on_capacity_changed, record=record),
        subjects.DUO_CHANGED: partial(show_duo_on_duo_changed, record=record),
        subjects.HOLD_PLACED: partial(
            record_gesture_on_hold_placed, record=record, policy=settings.policy, wake=wake_payer
        ),
        subjects.APPROVAL_REQUIRED: partial(
            await_approval_on_approval_required, record=record, open_for=settings.policy.approval_open_for
        ),
        subjects.APPROVAL_REFUSED: partial(record_refusal_on_approval_refused, record=record),
        subjects.GESTURE_REFUSED: partial(refuse_gesture_on_gesture_refused, record=record),
        subjects.REQUEST_REFUSED: partial(note_refusal_on_request_refused, record=record),
        subjects.ROUTING_CONFIGURED: partial(note_configuration_on_configuration_applied, record=record),
    }
