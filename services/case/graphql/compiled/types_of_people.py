"""The type map: who works here, with what money, and the system's other actors."""

from __future__ import annotations

from contracts.vocabulary import ActorKind, BudgetOwnerKind
from services.case.graphql.compiled.declaring import (
    Either,
    Inline,
    Leaf,
    Many,
    Mapped,
    One,
    TypeMap,
    column,
)
from services.case.graphql.compiled.policies import OF_WHAT_IS_SEEN, OWN_BUDGETS
from services.case.graphql.compiled.sql import SQL
from services.case.graphql.compiled.wire import (
    SHOWS_WHOLE_CUSTOMER,
    TOLD_ID,
    amount,
    moment,
    opaque,
    opaque_ref,
    ref_id,
)
from services.case.graphql.ids import IdType
from services.case.queries.rows import LOW_FROM_PERCENT

BUDGETS_MAX = 1_000


def actor(kind: str, ref: str, *, required: bool = True) -> Either:
    """Whoever did something. `kind` and `ref`: SQL over `{t}`."""
    staff = SQL["staff_member"].format(ref=ref)
    is_agent = f"({kind}) = '{ActorKind.AGENT}'"
    customer_id = f"CASE WHEN ({kind}) = '{ActorKind.CUSTOMER}' THEN ({ref})::uuid END"
    return Either(
        parts=(
            One(target="Agent", on=f"{is_agent} AND {{a}}.ref = ({ref})", policy=OF_WHAT_IS_SEEN),
            One(
                target="Customer",
                on=f"{{a}}.customer_id = {customer_id}",
                policy=OF_WHAT_IS_SEEN,
                shows=SHOWS_WHOLE_CUSTOMER,
            ),
            *(
                Inline(target=target, values={"ref": f"({ref})"}, when=f"({kind}) = '{word}'")
                for target, word in (("Integration", ActorKind.INTEGRATION), ("System", ActorKind.SYSTEM))
            ),
            One(
                target="StaffMember",
                source=staff,
                on=f"(({kind}) = '{ActorKind.STAFF}' OR {is_agent}) AND {{before}} IS NULL",
                policy=OF_WHAT_IS_SEEN,
            ),
        ),
        required="true" if required else f"({kind}) IS NOT NULL",
    )


def money(minor: str, currency: str = "{t}.currency") -> Inline:
    """An amount in minor units. Both: SQL over `{t}`."""
    return Inline(target="Money", values={"minor": minor, "currency": currency})


_LOAD_UNITS = (
    "(SELECT coalesce(sum(({channel_units} ->> w.channel)::int), 0)::int FROM ("
    "SELECT had.channels[1] AS channel FROM cases AS had WHERE had.assignee_id = {t}.agent_id"
    " AND (had.status = 'OPEN' OR (had.status = 'WAITING' AND had.waiting_for IN ('COLLEAGUE', 'APPROVAL')))"
    " UNION ALL SELECT had.channels[1] FROM offers AS offered JOIN cases AS had ON had.case_id = offered.case_id"
    " WHERE offered.agent_id = {t}.agent_id AND offered.open) AS w)"
)

PEOPLE: TypeMap = {
    "Money": Mapped(
        table=None, fields={"amount": Leaf(sql=amount(), needs=()), "currencyCode": Leaf(sql="{currency}", needs=())}
    ),
    "Brand": Mapped(
        table="brands", fields={"id": opaque_ref(IdType.BRAND, "ref"), "ref": column("ref"), "name": column("name")}
    ),
    "Team": Mapped(
        table="teams", fields={"id": opaque(IdType.TEAM, "team_id"), "ref": column("ref"), "name": column("name")}
    ),
    "ChannelAccount": Mapped(
        table="channel_accounts",
        fields={
            "id": opaque(IdType.ACCOUNT, "account_id"),
            "channel": column("channel"),
            "ref": column("account"),
            "name": column("name"),
            "brand": One(target="Brand", on="{a}.ref = {t}.brand", policy=OF_WHAT_IS_SEEN),
        },
    ),
    "Budget": Mapped(
        table="budgets",
        fields={
            "id": opaque(IdType.BUDGET, "account_id"),
            "period": column("period"),
            "granted": money("{t}.granted_minor"),
            "reserved": money("{t}.reserved_minor"),
            "spent": money("{t}.spent_minor"),
            "available": money("({t}.granted_minor - {t}.reserved_minor - {t}.spent_minor)"),
            "itemLimit": money("{t}.item_limit_minor"),
            "runsLow": Leaf(
                sql=f"(({{t}}.reserved_minor + {{t}}.spent_minor) * 100 >= {{t}}.granted_minor * {LOW_FROM_PERCENT})",
                needs=("reserved_minor", "spent_minor", "granted_minor"),
            ),
            "periodStart": moment("period_start"),
            "periodEnd": moment("period_end"),
            "owner": Either(
                parts=tuple(
                    One(target=target, on=f"{{t}}.owner_kind = '{kind}' AND {key}", policy=OF_WHAT_IS_SEEN)
                    for target, kind, key in (
                        ("Agent", BudgetOwnerKind.AGENT, "{a}.agent_id = {t}.owner_id"),
                        ("Team", BudgetOwnerKind.TEAM, "{a}.team_id = {t}.owner_id"),
                    )
                ),
                required="true",
            ),
        },
    ),
    "Agent": Mapped(
        table="agents",
        fields={
            "id": TOLD_ID,
            "displayName": column("display_name"),
            "ref": column("ref"),
            "kind": column("kind"),
            "presence": column("presence"),
            "active": column("active"),
            "email": column("email", nullable=True),
            "languages": column("languages"),
            "skills": column("skills"),
            "capacityUnits": column("capacity_units"),
            "onDutyUntil": moment("on_duty_until", nullable=True),
            "nextDutyAt": moment("next_duty_at", nullable=True),
            "loadUnits": Leaf(sql=_LOAD_UNITS, needs=()),
            "openCases": Leaf(
                sql="(SELECT count(*)::int FROM cases AS had"
                " WHERE had.assignee_id = {t}.agent_id AND had.status <> 'RESOLVED')",
                needs=(),
            ),
            "budgets": Many(
                target="Budget",
                on="{a}.owner_id = {t}.agent_id AND {a}.open AND {a}.period_start <= {now} AND {a}.period_end > {now}",
                order="{a}.currency, {a}.period, {a}.period_start DESC",
                policy=OWN_BUDGETS,
                rows_max=BUDGETS_MAX,
            ),
            "teams": Many(
                target="Team", on="{a}.ref = {t}.team_ref", order="{a}.ref", policy=OF_WHAT_IS_SEEN, rows_max=1
            ),
        },
    ),
    "StaffMember": Mapped(
        table=None,
        fields={
            "id": Leaf(sql=opaque_ref(IdType.STAFF, "ref").sql, needs=()),
            "displayName": Leaf(sql="coalesce(nullif({t}.name, ''), {t}.ref)", needs=()),
            "ref": Leaf(sql="{t}.ref", needs=()),
            "roles": Leaf(sql="coalesce({t}.roles, '{{}}')", needs=()),
        },
    ),
    "Integration": Mapped(
        table=None,
        fields={
            "id": Leaf(sql=ref_id(IdType.INTEGRATION, "{ref}"), needs=()),
            "displayName": Leaf(sql="{ref}", needs=()),
            "ref": Leaf(sql="{ref}", needs=()),
        },
    ),
    "System": Mapped(
        table=None,
        fields={
            "id": Leaf(sql=ref_id(IdType.SYSTEM, "{ref}"), needs=()),
            "displayName": Leaf(sql="'Eender (' || {ref} || ')'", needs=()),
            "name": Leaf(sql="{ref}", needs=()),
        },
    ),
}
"""Types by their GraphQL name."""
