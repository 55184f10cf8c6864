"""Every field of every type that can be met is asked for: each has a resolver that works, and no value breaks it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from contracts.content import AttachmentContent
from contracts.controls import Controls
from contracts.vocabulary import DetailKind, id_of
from infra.clock import SystemClock, SystemIds
from infra.embedded.postgres import EmbeddedPostgres
from services.case.domain.playbooks import Playbook, Playbooks
from services.case.domain.policy import CasePolicy
from services.case.graphql.ids import IdType, encode
from services.case.graphql.print_schema import SCHEMA
from services.case.workers.gesture_watch import GestureWatch
from tests.integration.graphql_stand import Desk, euros, own_desk
from tests.integration.publications_stand import commented, configured, standing
from tests.integration.test_mentions_on_postgres import hear
from tests.support.extreme_values import Around, Extremes, lists, with_arguments

LEAD = "LEAD:lena"
OTHERS = ("AUDITOR:olga", "AGENT:anna", "PRIVACY:pam", "PRIVACY:pim", "ADMIN:ada")
EXAMPLES = 150
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
SEEN = {
    "AccessConnection", "AccessEntry", "Agent", "AgentConnection", "ApprovalConnection", "Assignment", "Attachment",
    "Brand", "Budget", "Candidate", "Case", "CaseConnection", "CaseEvent", "ChannelAccount", "Clock", "Commitment",
    "CommitmentConnection", "Contact", "ContactConnection", "Customer", "Duo", "Gesture", "GestureReview", "Handle",
    "Mention", "MentionConnection", "Money", "Note", "PageInfo", "Playbook", "Publication", "PublicationConnection",
    "PublicationAnswerCount", "PublicationAnswerSummary", "Reach", "Reference", "Resolution",
    "StaffMember", "Report", "StatusChange", "Team", "TimelineConnection", "Viewer",
}  # fmt: skip
"""Types that the walk must have met, so that it cannot pass by meeting nothing."""


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    policy = CasePolicy(playbooks=Playbooks.listing([Playbook("Any", tone="Kind", needs=tuple(DetailKind))]))
    async with own_desk(postgres_server, policy=policy) as running:
        yield running


@pytest.fixture(scope="module")
def stood() -> list[Around]:
    return []


@cache
def _schema() -> GraphQLSchema:
    return build_schema(SCHEMA.read_text())


def selection(schema: GraphQLSchema, kind: Any, depth: int) -> str:
    """All fields of a type that need no argument, `depth` levels down."""
    named = get_named_type(kind)
    if is_leaf_type(named):
        return ""
    parts = ["__typename"]
    if isinstance(named, GraphQLUnionType | GraphQLInterfaceType):
        parts += [f"... on {each.name} {{ id }}" for each in schema.get_possible_types(named) if "id" in each.fields]
    if isinstance(named, GraphQLObjectType | GraphQLInterfaceType):
        parts += [_field(schema, name, field, depth) for name, field in named.fields.items()]
    return "{ " + " ".join(parts) + " }"


def _field(schema: GraphQLSchema, name: str, field: GraphQLField, depth: int) -> str:
    if any(is_required_argument(argument) for argument in field.args.values()):
        return ""
    if is_leaf_type(get_named_type(field.type)):
        return name
    return f"{name} {selection(schema, field.type, depth - 1)}" if depth > 0 else ""


def found_in(answer: Any) -> dict[str, set[str]]:
    """The ids by type of everything in an answer."""
    found: dict[str, set[str]] = {}

    def walk(value: Any) -> None:
        if isinstance(value, list):
            for each in value:
                walk(each)
        elif isinstance(value, dict):
            found.setdefault(value.get("__typename", ""), set()).add(value.get("id", ""))
            for each in value.values():
                walk(each)

    walk(answer)
    return found


async def furnished(desk: Desk) -> dict[str, Any]:
    """A case in which everything has happened that can."""
    case = await desk.opened(files=(AttachmentContent("media.1", "image/png", "photo.png"),))
    give = {"caseId": case["id"], "kind": "REFUND", "reason": "goodwill", "reference": {"kind": "ORDER", "value": "7"}}
    await desk.do("GestureGive", amount=euros("5.00"), note="Sorry", **give)
    above = await desk.do("GestureGive", amount=euros("80.00"), **give)
    await desk.do("GestureDecline", LEAD, gestureId=above["gesture"]["id"], reason="Too much")
    await desk.do("GestureGive", amount=euros("90.00"), **give)
    await desk.do("CaseReply", caseId=case["id"], text="Tomorrow.")
    await desk.do("CaseNoteAdd", LEAD, caseId=case["id"], text="Note")
    await desk.do(
        "CommitmentMake", caseId=case["id"], text="A call", dueAt=(SystemClock().now() + timedelta(days=9)).isoformat()
    )
    bram = encode(IdType.AGENT, id_of("agent", "bram"))
    await desk.do("CaseTransfer", caseId=case["id"], agentId=bram, reason="Knows it")
    await desk.do("CaseResolve", caseId=case["id"], outcome="SOLVED")
    await hear(desk, "Thanks @shop!")
    await configured(desk)
    await commented(desk, await standing(desk, "Which colour do you like?", asksCommunity=True), "Blue")
    drawn, clock = Controls(second_read_percent=100), SystemClock()
    await GestureWatch(pool=desk.pool, record=desk.record, clock=clock, ids=SystemIds(), controls=drawn).round()
    return case


async def test_every_field_answers(desk: Desk) -> None:
    schema = _schema()
    case = await furnished(desk)
    roots = {
        "viewer": "viewer",
        "case": f'case(by: {{id: "{case["id"]}"}})',
        "customer": f'customer(by: {{id: "{case["customer"]["id"]}"}})',
        "cases": "cases(first: 2)",
        "inbox": "inbox",
        "agents": "agents",
        "approvals": "approvals",
        "commitments": "commitments",
        "mentions": "mentions(first: 2)",
        "publications": "publications",
        "accessLog": "accessLog(where: {})",
        "gestureReviews": "gestureReviews",
        "report": "report(kind: EFFECT)",
    }
    met: dict[str, set[str]] = {}
    assert schema.query_type is not None
    for name, asked in roots.items():
        for token in (LEAD, "AUDITOR:olga"):
            document = "{ " + asked + selection(schema, schema.query_type.fields[name].type, 1) + " }"
            answer = await desk.graphql(document, token="AUDITOR:olga" if name == "accessLog" else token)
            assert "errors" not in answer, (document, answer)
            for kind, ids in found_in(answer["data"]).items():
                met.setdefault(kind, set()).update(ids)
    for _ in range(2):
        for kind, ids in list(met.items()):
            nodes = [each for each in ids if each]
            if kind and nodes and kind not in {"Viewer", "AccessEntry"}:  # no nodes
                fields = selection(schema, schema.type_map[kind], 2)
                document = f"query($id: ID!) {{ node(id: $id) {{ ... on {kind} {fields} }} }}"
                answer = await desk.graphql(document, {"id": nodes[0]}, LEAD)
                assert "errors" not in answer, (kind, answer)
                for other, more in found_in(answer["data"]).items():
                    met.setdefault(other, set()).update(more)
    assert SEEN - set(met) == set()


async def answered(desk: Desk, document: str, variables: dict[str, Any]) -> dict[str, Any]:
    """The answer to the first who may ask."""
    for token in (LEAD, *OTHERS):
        answer = await desk.graphql(document, variables, token)
        if "'FORBIDDEN'" not in str(answer):
            break
    return answer


async def around(desk: Desk, schema: GraphQLSchema) -> Around:
    """What there is of everything, and the first cursors of every list."""
    found: dict[str, set[str]] = {}
    assert schema.query_type is not None
    for name in ("viewer", "cases", "agents", "approvals", "commitments", "mentions", "gestureReviews", "publications"):
        asked = f"{{ {name} {selection(schema, schema.query_type.fields[name].type, 2)} }}"
        for kind, ids in found_in(await answered(desk, asked, {})).items():
            found.setdefault(kind, set()).update(each for each in ids if each)
    known = {kind: sorted(ids) for kind, ids in found.items() if kind and ids}
    cursors: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for parent, name, beside, written in lists(schema):
        asked = f"{name}{written} {{ edges {{ cursor }} }}"
        if parent != "Query":
            asked = f'{name}: node(id: "{known[parent][0]}") {{ ... on {parent} {{ {asked} }} }}'
        data = (await answered(desk, f"{{ {asked} }}", {}))["data"][name]
        edges = (data if parent == "Query" else data[name])["edges"]
        cursors.setdefault(name, []).extend((each["cursor"], beside) for each in edges[:3])
    return Around(known, cursors)


@given(random=st.randoms(use_true_random=True))
@settings(max_examples=EXAMPLES, phases=PHASES, suppress_health_check=list(HealthCheck))
async def test_no_value_of_an_argument_and_no_forged_cursor_breaks_an_answer(
    desk: Desk, stood: list[Around], random: Any
) -> None:
    schema = _schema()
    if not stood:
        stood.append(await around(desk, schema))
    extremes = Extremes(random, schema, stood[0])
    for parent, name in (random.choice(with_arguments(schema)), random.choice(lists(schema))[:2]):
        document, variables = extremes.request(parent, name)
        answer = await answered(desk, document, variables)
        codes = {each["extensions"]["code"] for each in answer.get("errors", ())}
        assert not codes & {"INTERNAL_SERVER_ERROR", "GRAPHQL_VALIDATION_FAILED"}, (document, variables, answer)
