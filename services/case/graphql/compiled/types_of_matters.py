"""The type map: customers with their addresses, and their cases."""

from __future__ import annotations

from contracts.vocabulary import CaseStatus, HandleAssurance
from infra.sql import statements
from services.case.domain.playbooks import PLAYBOOKS_OF_CASE_MAX
from services.case.graphql.compiled import reading
from services.case.graphql.compiled.declaring import (
    Inline,
    Leaf,
    Many,
    Mapped,
    One,
    Page,
    TypeMap,
    column,
)
from services.case.graphql.compiled.policies import OF_WHAT_IS_OPENED, OF_WHAT_IS_SEEN
from services.case.graphql.compiled.sql import SQL
from services.case.graphql.compiled.types_of_people import actor
from services.case.graphql.compiled.wire import (
    SHOWS_WHOLE_CUSTOMER,
    TOLD_ID,
    instant,
    moment,
    opaque,
    pseudonym,
    shows_case,
    shows_customer,
    told_moment,
)
from services.case.graphql.ids import IdType
from services.case.graphql.loaders import ENTRIES_OF_CASE_MAX
from services.case.queries.clocks import CLOCKS_OF_CASE_MAX
from services.case.queries.viewings import VIEWERS_OF_CASE_MAX

HANDLES_MAX = 1_000
RESTRICTIONS_MAX = 1_000
MERGES_MAX = 1_000
MERGED = "{t}.merged_count <> 0"
"""Others are shown as this customer: their rows are gathered by Strawberry."""


def agent_by(name: str) -> One:
    """An agent by a column that may be null."""
    return One(target="Agent", on=f"{{a}}.agent_id = {{t}}.{name}", policy=OF_WHAT_IS_SEEN)


def customer_by(name: str) -> One:
    """A customer by a column, as who they are, not as whom they are shown."""
    return One(
        target="Customer",
        on=f"{{a}}.customer_id = {{t}}.{name}",
        policy=OF_WHAT_IS_SEEN,
        required=True,
        shows=shows_customer(),
    )


def entries(target: str, kind: str) -> Many:
    """A case's entries of one kind, oldest first."""
    return Many(
        target=target,
        on=f"{{a}}.case_id = {{t}}.case_id AND {{a}}.kind = '{kind}'",
        order="{a}.occurred_at, {a}.entry_id",
        policy=OF_WHAT_IS_SEEN,
        rows_max=ENTRIES_OF_CASE_MAX,
        sized=True,
    )


_RESOLVED = "{t}.status = 'RESOLVED' AND {t}.outcome IS NOT NULL AND {t}.resolved_at IS NOT NULL"

_SITUATION = statements("services.case.queries")["situation_of"].format(row="{t}")

MATTERS: TypeMap = {
    "Handle": Mapped(
        table="handles",
        fields={
            "id": TOLD_ID,
            "kind": column("kind"),
            "value": column("written", closed="NULL::text", nullable=True),
            "masked": column("masked"),
            "verified": Leaf(sql=f"({{t}}.assurance <> '{HandleAssurance.SELF_ASSERTED}')", needs=("assurance",)),
            "assurance": column("assurance"),
            "optedOut": column("opted_out"),
        },
    ),
    "Duo": Mapped(table=None, fields={"owner": agent_by("owner_id"), "partner": agent_by("partner_id")}),
    "Restriction": Mapped(
        table="restrictions",
        fields={
            "id": opaque(IdType.RESTRICTION, "restriction_id"),
            "kind": column("kind"),
            "since": moment("since"),
            "until": moment("until", nullable=True),
            "reason": Leaf(sql="coalesce({t}.reason, '')", closed="''::text", needs=()),
            "customer": customer_by("customer_id"),
            "placedBy": actor("{t}.placed_by_kind", "{t}.placed_by_ref"),
        },
    ),
    "Merge": Mapped(
        table="merges",
        fields={
            "id": opaque(IdType.MERGE, "merge_id"),
            "mergedAt": moment("merged_at"),
            "reason": Leaf(sql="coalesce({t}.reason, '')", closed="''::text", needs=()),
            "undoneAt": moment("undone_at", nullable=True),
            "source": customer_by("source_id"),
            "target": customer_by("target_id"),
            "mergedBy": actor("{t}.merged_by_kind", "{t}.merged_by_ref"),
        },
    ),
    "Customer": Mapped(
        table="customers",
        fields={
            "id": TOLD_ID,
            "displayName": column("display_name", closed=pseudonym("{t}.customer_id")),
            "version": column("version"),
            "state": column("state"),
            "kind": column("kind"),
            "name": column("name", closed="NULL::text", nullable=True),
            "language": column("language", nullable=True),
            "preferredChannel": column("preferred_channel", nullable=True),
            "timeZone": column("time_zone", nullable=True),
            "organisation": One(
                target="Customer",
                on="{a}.customer_id = {t}.organisation_id",
                policy=OF_WHAT_IS_SEEN,
                shows=SHOWS_WHOLE_CUSTOMER,
            ),
            "createdAt": moment("created_at"),
            "lastContactAt": Leaf(sql=instant("{t}.last_contact_at"), bails=MERGED),
            "duo": Inline(target="Duo"),
            "satisfaction": One(
                target="Satisfaction",
                source="satisfaction_of({t}.customer_id, {t}.merged_count)",
                on="true",
                policy=OF_WHAT_IS_OPENED,
                bails=MERGED,
            ),
            "mergedInto": One(
                target="Customer",
                on="{a}.customer_id = {t}.merged_into",
                policy=OF_WHAT_IS_SEEN,
                shows=shows_customer(),
            ),
            "merges": Many(
                target="Merge",
                on="({a}.source_id = {t}.customer_id OR {a}.target_id = {t}.customer_id)",
                order="{a}.merged_at DESC, {a}.merge_id",
                policy=OF_WHAT_IS_SEEN,
                rows_max=MERGES_MAX,
            ),
            "handles": Many(
                target="Handle",
                on="{a}.customer_id = {t}.customer_id",
                order="{a}.added_at, {a}.handle_id",
                policy=OF_WHAT_IS_SEEN,
                rows_max=HANDLES_MAX,
                bails=MERGED,
            ),
            "restrictions": Many(
                target="Restriction",
                on="{a}.customer_id = {t}.customer_id AND {a}.lifted_at IS NULL",
                order="{a}.since, {a}.restriction_id",
                policy=OF_WHAT_IS_SEEN,
                rows_max=RESTRICTIONS_MAX,
                bails=MERGED,
            ),
            "cases": Page(
                target="CaseConnection",
                node="Case",
                read=reading.cases_of_customer,
                policy=OF_WHAT_IS_SEEN,
                bails=MERGED,
                shows=shows_case(),
            ),
            "timeline": Page(
                target="TimelineConnection",
                node="TimelineEntry",
                read=reading.timeline,
                policy=OF_WHAT_IS_SEEN,
                bails=MERGED,
            ),
        },
    ),
    "Satisfaction": Mapped(
        table=None,
        fields={
            "metric": Leaf(sql="{t}.metric", needs=()),
            "score": Leaf(sql=SQL["decimal"].format(number="{t}.score")),
            "responses": Leaf(sql="{t}.responses", needs=()),
            "min": Leaf(sql=SQL["decimal"].format(number="{t}.worst"), needs=()),
            "max": Leaf(sql=SQL["decimal"].format(number="{t}.best"), needs=()),
            "latestAt": Leaf(sql=instant("{t}.latest_at")),
        },
    ),
    "Resolution": Mapped(
        table=None,
        fields={
            "outcome": Leaf(sql="{t}.outcome", needs=()),
            "cause": column("cause", nullable=True),
            "resolvedAt": Leaf(sql=instant("{t}.resolved_at"), needs=()),
            "resolvedBy": actor("coalesce({t}.resolved_by_kind, 'SYSTEM')", "coalesce({t}.resolved_by_ref, 'case')"),
        },
    ),
    "Clock": Mapped(
        table="clocks",
        fields={
            "kind": column("kind"),
            "state": column("state"),
            "startedAt": moment("started_at"),
            "dueAt": moment("due_at"),
            "stoppedAt": moment("stopped_at", nullable=True),
        },
    ),
    "Playbook": Mapped(
        table=None,
        fields={
            "situation": Leaf(sql="{t}.situation", needs=()),
            "answer": column("answer", nullable=True),
            "tone": column("tone", nullable=True),
            "action": column("action", nullable=True),
            "template": column("template", nullable=True),
            "needs": Leaf(sql="{t}.needs", needs=()),
        },
    ),
    "Case": Mapped(
        table="cases",
        fields={
            "id": TOLD_ID,
            "number": column("number"),
            "version": column("version"),
            "subject": column("subject", closed="NULL::text", nullable=True),
            "preview": column("preview", closed="NULL::text", nullable=True),
            "status": column("status"),
            "waitingFor": column("waiting_for", nullable=True),
            "waitingUntil": moment("waiting_until", nullable=True),
            "resolution": Inline(target="Resolution", when=_RESOLVED),
            "priority": column("priority"),
            "tags": column("tags"),
            "language": column("language", nullable=True),
            "channels": column("channels"),
            "openedAt": told_moment("opened_at"),
            "lastContactAt": told_moment("last_contact_at"),
            "heldUntil": Leaf(sql=instant("CASE WHEN {t}.held_for_id IS NOT NULL THEN {t}.held_until END")),
            "heldFor": agent_by("held_for_id"),
            "dueAt": told_moment("due_at", nullable=True),
            "awaitingUs": Leaf(sql=f"({{t}}.status = '{CaseStatus.OPEN}')", needs=("status",)),
            "unread": column("unread"),
            "customer": One(
                target="Customer",
                on="{a}.customer_id = {t}.customer_id",
                policy=OF_WHAT_IS_SEEN,
                required=True,
                shows=SHOWS_WHOLE_CUSTOMER,
            ),
            "assignee": agent_by("assignee_id"),
            "brand": One(target="Brand", on="{a}.ref = {t}.brand", policy=OF_WHAT_IS_SEEN),
            "team": One(target="Team", on="{a}.ref = {t}.team_ref", policy=OF_WHAT_IS_SEEN),
            "contacts": Page(target="ContactConnection", node="Contact", read=reading.contacts, policy=OF_WHAT_IS_SEEN),
            "gestures": entries("Gesture", "GESTURE"),
            "commitments": entries("Commitment", "COMMITMENT"),
            "assignments": entries("Assignment", "ASSIGNMENT"),
            "clocks": Many(
                target="Clock",
                source=SQL["latest_clocks"].format(row="{t}", most=CLOCKS_OF_CASE_MAX),
                on="true",
                order="{a}.started_at, {a}.kind, {a}.clock_of",
                policy=OF_WHAT_IS_SEEN,
                rows_max=CLOCKS_OF_CASE_MAX,
            ),
            "playbooks": Many(
                target="Playbook",
                source=SQL["fitting_playbooks"].format(row="{t}", situation=_SITUATION, playbooks="{playbooks}"),
                on="true",
                order="{a}.ordinality",
                policy=OF_WHAT_IS_SEEN,
                rows_max=PLAYBOOKS_OF_CASE_MAX,
            ),
            "viewing": Many(
                target="Agent",
                source="(SELECT g.*, v.until, v.case_id FROM viewings AS v"
                " JOIN agents AS g ON g.agent_id = v.agent_id)",
                on="{a}.case_id = {t}.case_id AND {a}.until > {now} AND {t}.status <> 'RESOLVED'",
                order="{a}.until, {a}.agent_id",
                policy=OF_WHAT_IS_SEEN,
                rows_max=VIEWERS_OF_CASE_MAX,
            ),
        },
    ),
}
"""Types by their GraphQL name."""
