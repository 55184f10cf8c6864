"""The schema as its clients know it: printed, described, as sketched, and with limits on what it takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLNamedType,
    GraphQLSchema,
    build_schema,
    extend_schema,
    get_introspection_query,
    is_abstract_type,
    is_enum_type,
    is_input_object_type,
    is_object_type,
    parse,
    print_ast,
)

from contracts.vocabulary import RefusalCode
from services.case.domain.permissions import PERMISSIONS
from services.case.graphql.documents import parsed
from services.case.graphql.enum_words import WORDS
from services.case.graphql.enums import ErrorCode
from services.case.graphql.print_schema import SCHEMA
from services.case.graphql.schema import DeskSchema, make_schema, printed

SKETCH = Path(__file__).parents[5] / "shared" / "consumer" / "sketch.graphql"
SKETCH_LATER = SKETCH.with_name("sketch-later.graphql")
BEYOND = {
    *("Mutation: Mutation.timelineEntryRedact", "Mutation: Mutation.timelineEntryRedact(input)"),
    "Budget: Budget.runsLow",
    "CaseReplyInput: CaseReplyInput.answerBy",
    *("Redaction", "TimelineEntryRedactInput", "TimelineEntryRedactPayload"),
    "AgentPresenceSetInput: AgentPresenceSetInput.agentId",
    "AgentPresenceSetInput: AgentPresenceSetInput.handOver",
    *("Customer: Customer.mergeProposals", "MergeProposal", "MergeReason"),
    *(f"Mutation: Mutation.{name}" for name in ("contactApprove", "contactDecline", "caseLineApprove")),
    *(f"Mutation: Mutation.{name}(input)" for name in ("contactApprove", "contactDecline", "caseLineApprove")),
    *(
        f"{name}{end}"
        for name in ("ContactApprove", "ContactDecline", "CaseLineApprove")
        for end in ("Input", "Payload")
    ),
    "CaseOpenInput: CaseOpenInput.confirmToken",
    *("Query: Query.channelAccounts", "AccountHealth", "AccountMode", "AccountState", "MessageTemplate"),
    *(f"Query: Query.gestureReviews{part}" for part in ("", "(where)", "(first)", "(after)")),
    *(f"Query: Query.report{part}" for part in ("", "(kind)", "(since)", "(until)")),
    *("Mutation: Mutation.gestureReviewRecord", "Mutation: Mutation.gestureReviewRecord(input)"),
    *("GestureReview", "GestureReviewConnection", "GestureReviewEdge", "GestureReviewWhere", "GestureSign"),
    *("GestureReviewRecordInput", "GestureReviewRecordPayload", "Report", "ReportKind", "ReviewOutcome"),
    *(f"ChannelAccount: ChannelAccount.{field}" for field in ("state", "mode", "health", "templates")),
    *("Case: Case.playbooks", "Case: Case.missing", "Playbook", "Detail", "DetailKind", "TriageClass"),
    *("Contact: Contact.class", "Contact: Contact.fields", "Contact: Contact.recognised", "ContactField"),
    *("Node: members", "Approvable: members"),
    *("Agent: Agent.roster", "Customer: Customer.excludedAgents", "ExclusionReason"),
    *("Roster", "Shift", "Break", "Leave", "ShiftInput", "BreakInput", "LeaveInput", "Weekday"),
    *("Query: Query.capacity", "CapacityAlarm", "Case: Case.incident", "CaseWhere: CaseWhere.incidentId"),
    *("Incident", "IncidentAnswered", "IncidentState", "IncidentConnection", "IncidentEdge", "Query: Query.incidents"),
    *(f"Query: Query.incidents({argument})" for argument in ("states", "first", "after")),
    *("Publication", "PublicationState", "PublicationConnection", "PublicationEdge", "PublicationWhere"),
    *(f"PublicationAnswer{part}" for part in ("", "Connection", "Edge", "Count", "Summary")),
    *(f"Query: Query.publications{part}" for part in ("", "(where)", "(first)", "(after)")),
    *(f"ViewerChanged: ViewerChanged.{field}" for field in ("case", "incident", "capacity")),
    *(
        part
        for name in (
            "agentRosterSet",
            "channelAccountUpdate",
            "customerAgentExclude",
            "incidentOpen",
            "incidentLink",
            "incidentClose",
            "incidentAnswer",
            "publicationDraft",
            "publicationApprove",
            "publicationDecline",
            "publicationCancel",
        )
        for part in (
            *(f"Mutation: Mutation.{name}", f"Mutation: Mutation.{name}(input)"),
            *(f"{name[0].upper()}{name[1:]}{suffix}" for suffix in ("Input", "Payload")),
        )
    ),
}
"""What the sketch has no word for: how an entry is redacted, a reply that is only an acknowledgement, that somebody
does not come back to the open cases, who may be the same customer and why, how an account does, what a second person
finds of a gesture, reports, how an answer is decided about that another person is to read first, how the press desk
says what is said, that a first message, too, may be warned of, when people work, who is kept from a customer, that many
cases have one cause, that there is too much work for those on duty, that an account is held for a while, what
the house wants in a situation, what was filled in beside a text, what texts tell by their form, and what we
say to everybody in answer to nobody."""


@pytest.fixture(scope="module")
def desk_schema() -> DeskSchema:
    return make_schema()


@pytest.fixture(scope="module")
def core(desk_schema: DeskSchema) -> GraphQLSchema:
    return build_schema(printed(desk_schema))


def own_types(schema: GraphQLSchema) -> dict[str, GraphQLNamedType]:
    return {name: kind for name, kind in schema.type_map.items() if not name.startswith("__")}


def parts(kind: GraphQLNamedType) -> dict[str, Any]:
    """The fields and arguments of a type by their path."""
    found: dict[str, Any] = {}
    for name, field in getattr(kind, "fields", {}).items():
        found[f"{kind.name}.{name}"] = field
        found.update({f"{kind.name}.{name}({key})": value for key, value in getattr(field, "args", {}).items()})
    return found


def test_the_printed_schema_is_up_to_date(desk_schema: DeskSchema) -> None:
    assert SCHEMA.read_text() == printed(desk_schema), "run `just schemas` and look at the difference"


def test_everything_is_described(core: GraphQLSchema) -> None:
    bare = [name for name, kind in own_types(core).items() if not kind.description]
    bare += [path for kind in own_types(core).values() for path, part in parts(kind).items() if not part.description]
    assert bare == []


def test_every_word_that_a_screen_translates_is_described(core: GraphQLSchema) -> None:
    for name, words in WORDS.items():
        kind = core.get_type(name)
        assert isinstance(kind, GraphQLEnumType)
        assert {word: value.description for word, value in kind.values.items()} == words, name


def test_every_refusal_has_an_error_code() -> None:
    assert {code.value for code in RefusalCode} <= {code.value for code in ErrorCode}


def test_permissions_are_shown_by_names_that_clients_can_keep() -> None:
    assert all(permission.value.isupper() for permissions in PERMISSIONS.values() for permission in permissions)


@pytest.mark.skipif(not SKETCH.exists(), reason="the sketch lies beside the project only where it is built")
def test_what_there_is_is_as_sketched(core: GraphQLSchema) -> None:
    sketch = extend_schema(build_schema(SKETCH.read_text()), parse(SKETCH_LATER.read_text()))
    differences = []
    for name, kind in own_types(core).items():
        sketched = sketch.type_map.get(name)
        if sketched is None or type(sketched) is not type(kind):
            differences.append(name)
            continue
        differences += [f"{name}: {what}" for what in _differences(core, kind, sketch, sketched)]
    assert set(differences) == BEYOND


def _differences(core: GraphQLSchema, kind: Any, sketch: GraphQLSchema, sketched: Any) -> list[str]:
    found = []
    if is_enum_type(kind) and set(kind.values) != set(sketched.values):
        found.append("values")
    if is_input_object_type(kind) and kind.is_one_of != sketched.is_one_of:
        found.append("@oneOf")
    if is_abstract_type(kind):
        ours = {member.name for member in core.get_possible_types(kind)}
        theirs = {member.name for member in sketch.get_possible_types(sketched)}
        found += ["members"] if not ours <= theirs or _missing(core, theirs - ours) else []
    if is_object_type(kind) and {each.name for each in kind.interfaces} != {each.name for each in sketched.interfaces}:
        found.append("interfaces")
    theirs_parts = parts(sketched)
    for path, part in parts(kind).items():
        other = theirs_parts.get(path)
        if other is None or str(other.type) != str(part.type):
            found.append(path)
        elif _default(other) != _default(part):
            found.append(f"{path} by default")
    return found


def _default(part: Any) -> str | None:
    default = getattr(part, "default", None)
    return None if default is None or default.literal is None else print_ast(default.literal)


def _missing(core: GraphQLSchema, names: set[str]) -> set[str]:
    """Those that the schema has, but not as a member."""
    return names & set(core.type_map)


async def test_a_standard_introspection_passes_the_limits(desk_schema: DeskSchema) -> None:
    result = await desk_schema.execute(get_introspection_query(input_value_deprecation=True))
    assert result.errors is None


@pytest.mark.parametrize(
    "document",
    [
        "{" + "n{a}" * 400 + "}",
        "{" + "viewer{kind}" * 600 + "}",
        "{" + "".join(f"a{n}:viewer{{kind}}" for n in range(200)) + "}",
        "{viewer" + "{agent" * 30 + "{id}" + "}" * 30 + "}",
    ],
)
async def test_a_document_made_to_cost_is_refused(desk_schema: DeskSchema, document: str) -> None:
    result = await desk_schema.execute(document)
    assert result.errors


async def test_the_same_document_is_parsed_once(desk_schema: DeskSchema) -> None:
    document = "{ __typename }"
    before = parsed.cache_info().hits
    for _ in range(3):
        await desk_schema.execute(document)
    assert parsed.cache_info().hits >= before + 2


async def test_of_several_operations_one_must_be_named(desk_schema: DeskSchema) -> None:
    document = "query A { a: __typename } query B { b: __typename }"
    unnamed = await desk_schema.execute(document)
    assert unnamed.data is None
    assert unnamed.errors
    named = await desk_schema.execute(document, operation_name="B")
    assert named.data == {"b": "Query"}
