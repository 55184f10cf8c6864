"""What the access log says a document asked for."""

from __future__ import annotations

import pytest
from graphql import GraphQLSchema, build_schema, parse

from services.case.domain.access import AccessAction
from services.case.graphql.asked_fields import NAME_LENGTH_MAX, AskedFields, AskedFor
from services.case.graphql.documents import DOCUMENTS_KEPT_MAX
from services.case.graphql.print_schema import SCHEMA
from tests.support.documents import operation_text


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema(SCHEMA.read_text())


def asked(schema: GraphQLSchema, text: str, name: str | None = None) -> AskedFor:
    return AskedFields().of(schema, text, parse(text), name)


def test_fields_are_named_by_their_type_without_the_frame_of_lists(schema: GraphQLSchema) -> None:
    text = """query Q { cases { totalCount pageInfo { hasNextPage } edges { cursor node { ...part __typename } }
      nodes { shown: subject customer { name } } } }
      fragment part on Case { number timeline: history { nodes { type } } }"""
    assert asked(schema, text).fields == (
        "Case.customer",
        "Case.history",
        "Case.number",
        "Case.subject",
        "CaseEvent.type",
        "Customer.name",
    )


@pytest.mark.parametrize(
    ("text", "action", "tells"),
    [
        (operation_text("CaseScreen"), AccessAction.READ, True),
        (operation_text("AgentInbox"), AccessAction.LIST, True),
        (operation_text("AccessLog"), AccessAction.LIST, True),
        (operation_text("CaseReply"), AccessAction.READ, False),
        ("subscription S { inboxEvents { __typename } }", AccessAction.SUBSCRIBE, False),
        ("{ viewer { id } __typename }", AccessAction.READ, False),
        ("{ viewer { id } agents { nodes { id } } }", AccessAction.LIST, True),
        ('{ node(id: "x") { id } inbox { totalCount } }', AccessAction.LIST, True),
    ],
)
def test_an_action_follows_from_the_root_fields(
    schema: GraphQLSchema, text: str, action: AccessAction, tells: bool
) -> None:
    found = asked(schema, text)
    assert (found.action, found.tells) == (action, tells)


def test_whatever_gives_pages_is_a_list_but_the_search(schema: GraphQLSchema) -> None:
    assert schema.query_type is not None
    pages = [name for name, field in schema.query_type.fields.items() if str(field.type).endswith("Connection!")]
    assert {"cases", "mentions", "incidents", "gestureReviews", "customers"} <= set(pages)
    for name in {*pages} - {
        "customers"
    }:  # what is found by what is known of a person is a search, as it is carried out
        assert asked(schema, f"{{ {name} {{ nodes {{ __typename }} }} }}").action is AccessAction.LIST, name


def test_an_operation_goes_by_its_name_else_by_its_first_field(schema: GraphQLSchema) -> None:
    assert asked(schema, "{ inbox { totalCount } }").operation == "inbox"
    assert asked(schema, f"query {'N' * 500} {{ inbox {{ totalCount }} }}").operation == "N" * NAME_LENGTH_MAX


def test_of_several_operations_only_the_one_that_is_meant_counts(schema: GraphQLSchema) -> None:
    text = "query A { agents { nodes { ref } } } query B { inbox { nodes { ...n } } } fragment n on Case { number }"
    assert asked(schema, text, "A").fields == ("Agent.ref",)
    assert asked(schema, text, "B").fields == ("Case.number",)


def test_a_document_is_worked_out_once_and_not_too_many_are_kept(schema: GraphQLSchema) -> None:
    kept, text = AskedFields(), "{ inbox { nodes { number } } }"
    first = kept.of(schema, text, parse(text), None)
    assert kept.of(schema, text, parse(text), None) is first
    for number in range(DOCUMENTS_KEPT_MAX):
        other = f"query Q{number} {{ inbox {{ nodes {{ number }} }} }}"
        kept.of(schema, other, parse(other), None)
    assert kept.of(schema, text, parse(text), None) is not first
