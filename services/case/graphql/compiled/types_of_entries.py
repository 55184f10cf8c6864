"""The type map: what stands on a timeline."""

from __future__ import annotations

from contracts.vocabulary import ContentState
from services.case.graphql.compiled.declaring import (
    Declared,
    Inline,
    Kinds,
    Leaf,
    Many,
    Mapped,
    One,
    TypeMap,
    column,
)
from services.case.graphql.compiled.policies import OF_WHAT_IS_SEEN, OWN_CANDIDATES, OWN_CHARGES
from services.case.graphql.compiled.sql import SQL
from services.case.graphql.compiled.types_of_matters import agent_by
from services.case.graphql.compiled.types_of_people import actor, money
from services.case.graphql.compiled.wire import (
    TOLD_ID,
    amount,
    instant,
    moment,
    shows_case,
    shows_customer,
    told_moment,
)

CANDIDATES_MAX = 100


def or_else(name: str, otherwise: str) -> Leaf:
    """A column, or what stands for one that is null."""
    return Leaf(sql=f"coalesce({{t}}.{name}, {otherwise})", needs=())


def _entry(summary: str) -> dict[str, Declared]:
    return {
        "id": TOLD_ID,
        "occurredAt": told_moment("occurred_at"),
        "recordedAt": moment("recorded_at"),
        "summary": Leaf(sql=summary, needs=()),
        "position": Leaf(
            sql="(SELECT l.position::text FROM es.log AS l"
            " WHERE l.stream_id = {t}.stream_id AND l.version = {t}.version)"
        ),
        "case": One(target="Case", on="{a}.case_id = {t}.case_id", policy=OF_WHAT_IS_SEEN, shows=shows_case()),
        "actor": actor("{t}.actor_kind", "{t}.actor_ref"),
    }


def _approvable() -> dict[str, Declared]:
    return {
        "requestedAt": Leaf(sql=instant("coalesce({t}.requested_at, {t}.recorded_at)"), needs=("recorded_at",)),
        "expiresAt": moment("expires_at", nullable=True),
        "requestedBy": actor(
            "coalesce({t}.requested_by_kind, {t}.actor_kind)",
            "coalesce(nullif({t}.requested_by_ref, ''), {t}.actor_ref)",
        ),
    }


def _text() -> dict[str, Declared]:
    present = f"{{t}}.text_state = '{ContentState.PRESENT}'"
    return {
        "text": column("text", closed=f"CASE WHEN {present} THEN NULL ELSE {{t}}.text END", nullable=True),
        "textState": column(
            "text_state",
            closed=f"CASE WHEN {present} THEN '{ContentState.NOT_PERMITTED}' ELSE {{t}}.text_state END",
        ),
    }


def _content(name: str) -> str:
    """What a contact has beside its text."""
    return SQL["content_of"].format(name=name, row="{t}")


_GESTURE_AMOUNT = {"minor": "coalesce({t}.amount_minor, 0)", "currency": "coalesce(nullif({t}.currency, ''), 'EUR')"}
_GIVEN = (
    "replace(coalesce({t}.gesture_kind, 'REFUND'), '_', ' ') || ' of ' || "
    + amount().replace("{minor}", _GESTURE_AMOUNT["minor"]).replace("{currency}", _GESTURE_AMOUNT["currency"])
    + " || ' ' || "
    + _GESTURE_AMOUNT["currency"]
)
_GESTURE_SUMMARY = f"upper(left({_GIVEN}, 1)) || lower(substr({_GIVEN}, 2))"
_CONTACT_SUMMARY = (
    "upper(left({t}.channel, 1)) || lower(substr({t}.channel, 2)) || ' contact '"
    " || CASE WHEN {t}.direction = 'OUTBOUND' THEN 'to the customer' ELSE 'from the customer' END"
)
_ASSIGNMENT_SUMMARY = (
    "CASE WHEN {t}.agent_id IS NOT NULL THEN 'Assigned' WHEN {t}.held_until IS NULL THEN 'Nobody could take it'"
    " ELSE 'Waits for an agent the customer knows' END"
)
_CANDIDATES = (
    "(SELECT (c.value ->> 'agent_id')::uuid AS agent_id, c.value ->> 'tier' AS tier,"
    " (c.value ->> 'eta')::timestamptz AS eta, c.value ->> 'rejected' AS rejected, c.ordinality"
    " FROM jsonb_array_elements({t}.candidates) WITH ORDINALITY AS c)"
)

ENTRIES: TypeMap = {
    "TimelineEntry": Kinds(
        table="timeline",
        column="kind",
        types={
            "CONTACT": "Contact",
            "NOTE": "Note",
            "GESTURE": "Gesture",
            "ASSIGNMENT": "Assignment",
            "COMMITMENT": "Commitment",
            "STATUS_CHANGE": "StatusChange",
        },
    ),
    "DeliveryFailure": Mapped(
        table=None,
        fields={
            "code": Leaf(sql="coalesce(nullif({t}.delivery_code, ''), 'UNKNOWN')", needs=()),
            "message": Leaf(
                sql="coalesce(nullif({t}.delivery_reason, ''), {t}.decline_reason, '')",
                closed="coalesce({t}.delivery_reason, '')",
                needs=(),
            ),
            "retryable": or_else("delivery_retryable", "false"),
            "at": Leaf(sql=instant("coalesce({t}.delivery_at, {t}.recorded_at)"), needs=()),
        },
    ),
    "Contact": Mapped(
        table="timeline",
        fields={
            **_entry(_CONTACT_SUMMARY),
            **_approvable(),
            "direction": or_else("direction", "'INBOUND'"),
            "channel": Leaf(sql="{t}.channel", needs=(), guarded=True),
            "kind": or_else("contact_kind", "'MESSAGE'"),
            "class": column("class", nullable=True),
            "visibility": or_else("visibility", "'PRIVATE'"),
            "subject": column("subject", closed="NULL::text", nullable=True),
            **_text(),
            "html": Leaf(sql=_content("html"), closed="NULL::text"),
            "visibleText": Leaf(sql=f"coalesce({_content('visible_text')}, {{t}}.text)", closed="NULL::text"),
            "url": Leaf(sql=_content("url"), closed="NULL::text"),
            "language": column("language", nullable=True),
            "editedAt": moment("edited_at", nullable=True),
            "deliveryStatus": or_else("delivery_status", "'RECEIVED'"),
            "deliveryFailure": Inline(
                target="DeliveryFailure",
                when="({t}.delivery_status = 'FAILED'"
                " OR ({t}.delivery_status = 'CANCELLED' AND {t}.delivery_code IS NOT NULL))",
            ),
            "account": One(
                target="ChannelAccount",
                on="{a}.channel = {t}.channel AND {a}.account = {t}.account",
                policy=OF_WHAT_IS_SEEN,
            ),
            "handle": One(
                target="Handle",
                on="{a}.handle_id = {t}.handle_id",
                policy=OF_WHAT_IS_SEEN,
                shows=shows_customer(),
            ),
            "inReplyTo": One(
                target="Contact",
                on="{a}.entry_id = {t}.in_reply_to AND {a}.kind = 'CONTACT'",
                policy=OF_WHAT_IS_SEEN,
                shows=shows_case(),
            ),
        },
    ),
    "Note": Mapped(table="timeline", fields={**_entry("'Note by a colleague'::text"), **_text()}),
    "Reference": Mapped(
        table=None,
        fields={
            "kind": Leaf(sql="({t}.reference ->> 'kind')", needs=()),
            "value": Leaf(sql="({t}.reference ->> 'value')", needs=()),
            "url": Leaf(sql="({t}.reference ->> 'url')"),
        },
    ),
    "Fulfilment": Mapped(
        table=None,
        fields={
            "code": Leaf(sql="({t}.fulfilment ->> 'code')"),
            "url": Leaf(sql="({t}.fulfilment ->> 'url')"),
            "providerRef": Leaf(sql="({t}.fulfilment ->> 'provider_ref')"),
            "at": Leaf(sql=instant("({t}.fulfilment ->> 'at')::timestamptz")),
        },
    ),
    "Gesture": Mapped(
        table="timeline",
        fields={
            **_entry(_GESTURE_SUMMARY),
            **_approvable(),
            "kind": or_else("gesture_kind", "'REFUND'"),
            "status": or_else("gesture_status", "'REQUESTED'"),
            "amount": money(**_GESTURE_AMOUNT),
            "reason": or_else("reason", "''"),
            "note": column("note", closed="NULL::text", nullable=True),
            "reference": Inline(target="Reference", when="{t}.reference IS NOT NULL", closed_to_all=True),
            "fulfilment": Inline(target="Fulfilment", when="{t}.fulfilment IS NOT NULL", closed_to_all=True),
            "decidedAt": moment("decided_at", nullable=True),
            "declineReason": column("decline_reason", closed="NULL::text", nullable=True),
            "chargedTo": One(target="Budget", on="{a}.account_id = {t}.budget_id", policy=OWN_CHARGES),
            "decidedBy": actor(
                "CASE WHEN {t}.decided_by_ref IS NOT NULL THEN {t}.decided_by_kind END",
                "{t}.decided_by_ref",
                required=False,
            ),
        },
    ),
    "Candidate": Mapped(
        table=None,
        fields={
            "tier": column("tier", nullable=True),
            "eta": moment("eta", nullable=True),
            "rejected": column("rejected", nullable=True),
            "agent": One(target="Agent", on="{a}.agent_id = {t}.agent_id", policy=OF_WHAT_IS_SEEN, required=True),
        },
    ),
    "Assignment": Mapped(
        table="timeline",
        fields={
            **_entry(_ASSIGNMENT_SUMMARY),
            "reason": Leaf(sql="coalesce(nullif({t}.reason, ''), 'NOBODY_AVAILABLE')", needs=()),
            "note": column("note", closed="NULL::text", nullable=True),
            "heldUntil": moment("held_until", nullable=True),
            "policyVersion": or_else("policy_version", "''"),
            "agent": agent_by("agent_id"),
            "team": One(target="Team", on="{a}.ref = {t}.team_ref", policy=OF_WHAT_IS_SEEN),
            "candidates": Many(
                target="Candidate",
                source=_CANDIDATES,
                on="true",
                order="{a}.ordinality",
                policy=OWN_CANDIDATES,
                rows_max=CANDIDATES_MAX,
                sized=True,
            ),
        },
    ),
    "Commitment": Mapped(
        table="timeline",
        fields={
            **_entry("'A promise, ' || lower(coalesce({t}.commitment_status, 'OPEN'))"),
            **_text(),
            "dueAt": Leaf(sql=instant("coalesce({t}.due_at, {t}.occurred_at)"), needs=("occurred_at",)),
            "status": or_else("commitment_status", "'OPEN'"),
            "owner": One(target="Agent", on="{a}.agent_id = {t}.agent_id", policy=OF_WHAT_IS_SEEN, required=True),
        },
    ),
    "StatusChange": Mapped(
        table="timeline",
        fields={
            **_entry("'The case is ' || lower(coalesce({t}.case_status, 'OPEN'))"),
            "status": or_else("case_status", "'OPEN'"),
        },
    ),
}
"""Types by their GraphQL name."""
