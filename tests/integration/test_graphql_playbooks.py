"""What the house wants in a case, over GraphQL on a real Postgres: by both executors, and by whom it is seen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from contracts.vocabulary import Visibility
from infra.embedded.postgres import EmbeddedPostgres
from tests.integration.graphql_stand import Desk
from tests.integration.playbooks_stand import (
    ADVICE,
    BY_PLAN,
    BY_STRAWBERRY,
    CLOSE,
    HASTEN,
    IN_PRIVATE,
    IN_PUBLIC,
    LATE,
    LINK,
    OPEN,
    TAG,
    advised_desk,
    asked,
    case_of,
    said,
)


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with advised_desk(postgres_server) as running:
        yield running


async def playbooks(desk: Desk, case_id: str, token: str = "AGENT:anna") -> list[dict[str, Any]]:
    """As both executors say, which is the same; a plan needs no statement of its own for them."""
    asked = desk.statements["situations_of_cases"]
    before = desk.statements.total()
    planned = (await case_of(desk, BY_PLAN, case_id, token))["playbooks"]
    assert (desk.statements["situations_of_cases"], desk.statements.total()) == (asked, before + 1), "one statement"
    assert planned == (await case_of(desk, BY_STRAWBERRY, case_id, token))["playbooks"]
    assert desk.statements["situations_of_cases"] == asked + 1
    found: list[dict[str, Any]] = planned
    return found


async def situations(desk: Desk, case_id: str) -> list[str]:
    return [each["situation"] for each in await playbooks(desk, case_id)]


async def test_s080_a_playbook_says_how_a_situation_is_answered_in_which_tone_and_what_is_done(desk: Desk) -> None:
    case_id, _, _ = await said(desk, LATE)
    assert await playbooks(desk, case_id) == [
        {
            "situation": IN_PRIVATE,
            "answer": "What happened, and by when it is right.",
            "tone": None,
            "action": "Look the order up.",
            "template": None,
            "needs": ["ORDER", "EMAIL"],
        }
    ]
    question, _, _ = await said(desk, "When do you open?")
    assert await playbooks(desk, question) == []


async def test_s080_what_fits_follows_the_case_as_it_goes(desk: Desk) -> None:
    case_id, author, _ = await said(desk, LATE, visibility=Visibility.PUBLIC)
    assert await situations(desk, case_id) == [IN_PUBLIC]
    again, _, _ = await said(desk, "I sent you a message.", by=author)
    assert again == case_id
    assert await situations(desk, case_id) == [IN_PRIVATE], "it goes on in private, and is a complaint still"
    await asked(desk, TAG, "AGENT:anna", caseId=case_id, add=["vip"])
    await asked(desk, HASTEN, "AGENT:anna", caseId=case_id, priority="URGENT", reason="stranded")
    assert await situations(desk, case_id) == [IN_PRIVATE, "A regular", "It is urgent"]


async def test_s080_cases_of_an_open_incident_have_its_playbook_until_it_is_over(desk: Desk) -> None:
    case_id, _, _ = await said(desk, "Where is it?")
    opened = await asked(desk, OPEN, "LEAD:lena", title="Strike", cause="carrier-late")
    incident_id = opened["incident"]["id"]
    await asked(desk, LINK, "LEAD:lena", incidentId=incident_id, caseIds=[case_id])
    assert await situations(desk, case_id) == ["Many have it"]
    await asked(desk, CLOSE, "LEAD:lena", incidentId=incident_id)
    assert await situations(desk, case_id) == []


@pytest.mark.parametrize("token", ["PRIVACY:pam", "ADMIN:ada", "INTEGRATION:shop"])
async def test_s080_who_works_on_no_cases_sees_no_playbooks(desk: Desk, token: str) -> None:
    case_id, _, _ = await said(desk, LATE)
    answer = await desk.graphql(ADVICE, {"id": case_id}, token)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]
