"""No screen of the clients' documents is left to Strawberry, but for those that are listed here with their reason."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from graphql import OperationDefinitionNode, OperationType, parse

from contracts.vocabulary import Role
from services.case.graphql.compiled.declaring import Unplannable
from services.case.graphql.compiled.policies import Mask
from services.case.graphql.ids import IdType, encode
from services.case.graphql.schema import documents_of, make_schema
from tests.support.documents import DOCUMENTS, operation_text

CUSTOMER, CASE = encode(IdType.CUSTOMER, UUID(int=1)), encode(IdType.CASE, UUID(int=2))
BY_STRAWBERRY = {
    "CaseHistory": ("Case.history", "facts are opened with their keys"),
    "CaseAsOf": ("Query.caseAsOf", "a past state is folded out of facts"),
    "EventProof": ("Query.eventProof", "a proof is computed, and its checkpoint may have to be signed first"),
    "AccessLog": ("Query.accessLog", "auditors ask for it now and then; each subject of an entry is a row of its own"),
    "Approvals": ("Query.approvals", "three kinds of things to decide, of several tables, in one list"),
}
VARIABLES: dict[str, dict[str, Any]] = {
    "CaseHistory": {"id": CASE},
    "CaseAsOf": {"id": CASE, "asOf": {"version": 1}},
    "EventProof": {"caseId": CASE, "version": 1},
    "AccessLog": {"where": {}},
    "FindCustomer": {"kind": "EMAIL", "value": "sam@shop.example"},
    "CustomerScreen": {"id": CUSTOMER},
    "CaseScreen": {"id": CASE},
}
QUERIES = sorted(
    definition.name.value
    for path in DOCUMENTS.glob("*.graphql")
    for definition in parse(path.read_text()).definitions
    if isinstance(definition, OperationDefinitionNode)
    and definition.operation is OperationType.QUERY
    and definition.name
)
DOCUMENTS_READ = documents_of(make_schema())


def planned(name: str) -> str | None:
    """Why it is not planned for whoever may ask for it; None: it is."""
    document = DOCUMENTS_READ.of(operation_text(name), name)
    try:
        document.planned(VARIABLES.get(name, {}), Mask(Role.LEAD, opens=True))
    except Unplannable as unplannable:
        return unplannable.why
    return None


@pytest.mark.parametrize("name", QUERIES)
def test_a_screen_is_one_statement_unless_a_reason_is_given(name: str) -> None:
    expected = BY_STRAWBERRY[name][0] if name in BY_STRAWBERRY else None
    assert planned(name) == expected


def test_every_exception_is_a_document_that_there_is() -> None:
    assert set(BY_STRAWBERRY) <= set(QUERIES)


def test_a_value_that_is_kept_is_not_taken_for_another_one() -> None:
    text = "query ($n: Int, $all: Boolean = false) { agents(first: $n) { nodes { id ref @include(if: $all) } } }"
    document, mask = DOCUMENTS_READ.of(text, None), Mask(Role.LEAD, opens=True)
    for _ in range(2):
        assert document.planned({"n": 1}, mask)[1] == [1]
        assert document.planned({"n": 1.0}, mask)[1] == [1]
        assert document.planned({}, mask)[1] != [1]
        with pytest.raises(Unplannable, match="variables"):
            document.planned({"n": True}, mask)
        with pytest.raises(Unplannable, match="variables"):
            document.planned({"n": "1"}, mask)
        assert '"ref":' in document.planned({"n": 1, "all": True}, mask)[0].sql
        assert '"ref":' not in document.planned({"n": 1, "all": False}, mask)[0].sql


def test_an_id_by_itself_and_one_inside_an_object_find_the_same_row() -> None:
    mask = Mask(Role.AGENT, opens=True)
    alone = DOCUMENTS_READ.of("query ($id: ID!) { case(by: {id: $id}) { id } }", None)
    whole = DOCUMENTS_READ.of("query ($by: CaseBy!) { case(by: $by) { id } }", None)
    for case_id in (CASE, encode(IdType.CASE, UUID(int=3)), CASE):
        assert alone.planned({"id": case_id}, mask)[1] == whole.planned({"by": {"id": case_id}}, mask)[1]
    for wrong in ("", "x", CUSTOMER):
        for document, variables in ((alone, {"id": wrong}), (whole, {"by": {"id": wrong}})):
            with pytest.raises(Unplannable, match="refused"):
                document.planned(variables, mask)
