"""The type map: what can be asked for, and the whole map."""

from __future__ import annotations

from services.case.graphql.compiled import reading, starting
from services.case.graphql.compiled.declaring import Inline, Leaf, Mapped, One, Page, Start, TypeMap
from services.case.graphql.compiled.policies import ANYBODY, READERS
from services.case.graphql.compiled.types_of_entries import ENTRIES
from services.case.graphql.compiled.types_of_matters import MATTERS
from services.case.graphql.compiled.types_of_people import PEOPLE
from services.case.graphql.compiled.wire import ref_id, shows_case, shows_customer
from services.case.graphql.ids import IdType

ROOTS: TypeMap = {
    "Viewer": Mapped(
        table=None,
        fields={
            "id": Leaf(sql=ref_id(IdType.VIEWER, "{subject}"), needs=()),
            "kind": Leaf(sql="{viewer_kind}", needs=()),
            "displayName": Leaf(
                sql="coalesce({viewer_name}, (SELECT g.display_name FROM agents AS g WHERE g.ref = {subject}),"
                " {subject})",
                needs=(),
            ),
            "roles": Leaf(sql="{viewer_roles}", needs=()),
            "timeZone": Leaf(sql="{time_zone}", needs=()),
            "language": Leaf(sql="{language}", needs=()),
            "permissions": Leaf(sql="{permissions}", needs=()),
            "agent": One(target="Agent", on="{a}.ref = {subject}", policy=ANYBODY),
        },
    ),
    "Query": Mapped(
        table=None,
        fields={
            "viewer": Inline(target="Viewer"),
            "customer": Start(target="Customer", read=starting.customer, policy=READERS, shows=shows_customer()),
            "case": Start(target="Case", read=starting.case, policy=READERS, shows=shows_case()),
            "cases": Page(target="CaseConnection", node="Case", read=reading.cases, policy=READERS, shows=shows_case()),
            "inbox": Page(target="CaseConnection", node="Case", read=reading.inbox, policy=READERS, shows=shows_case()),
            "agents": Page(target="AgentConnection", node="Agent", read=reading.agents, policy=READERS),
            "commitments": Page(
                target="CommitmentConnection",
                node="Commitment",
                read=reading.commitments,
                policy=READERS,
                shows=shows_case(),
            ),
        },
    ),
}

TYPES: TypeMap = {**PEOPLE, **MATTERS, **ENTRIES, **ROOTS}
"""Every type that a plan can read, by its GraphQL name."""
