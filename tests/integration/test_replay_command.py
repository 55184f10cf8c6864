"""`eender replay` on a real record: every step with its reason, words only for a purpose, and the look is on record."""

from __future__ import annotations

import base64
import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from contracts.vocabulary import AssignmentReason, Role
from services.case.graphql import ids
from services.case.graphql.ids import IdType
from services.console.account import account
from services.console.failure import CommandFailed
from services.console.issue_token import issue
from services.console.replay import replayed
from services.console.replay_drawing import draw
from services.console.replayed import Replayed
from tests.support.case_desk import KEK
from tests.support.case_history import CaseHistory, case_history

WORK = ("write", "assign", "reply", "note", "give", "resolve")


class Shop:
    """A record with one case, and the environment that names it."""

    def __init__(self, history: CaseHistory, env: dict[str, str]) -> None:
        self.history = history
        self.env = env

    async def replay(
        self,
        case: str = "100001",
        *,
        version: int | None = None,
        at: datetime | None = None,
        purpose: str | None = None,
    ) -> Replayed:
        return await replayed(self.env, case, version=version, at=at, purpose=purpose)


@pytest.fixture
async def shop(database: str, keys_database: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Shop]:
    monkeypatch.setenv("KEK", base64.b64encode(KEK).decode())
    env = {
        "EENDER_DATABASE_URL": database,
        "EENDER_KEYS_URL": keys_database,
        "EENDER_NATS_URL": "nats://127.0.0.1:1",
        "EENDER_KEK": "env:KEK",
    }
    async with case_history(database, keys_database) as history:
        for kind in WORK:
            await history.step(kind, 0)
        await history.sequence()
        yield Shop(history, env)


def drawn(shown: Replayed) -> str:
    out = io.StringIO()
    draw(shown, out)
    return out.getvalue()


async def test_a_case_is_shown_step_by_step_with_the_reason_of_its_assignment(shop: Shop) -> None:
    shown = await shop.replay(purpose="audit")
    assert [step.version for step in shown.steps] == list(range(1, len(shown.steps) + 1))
    assert [step.type for step in shown.steps][:2] == ["case.opened.v1", "case.contact-attached.v1"]
    (assigned,) = [step for step in shown.steps if step.assignment is not None]
    assert assigned.assignment is not None
    assert isinstance(assigned.assignment.reason, AssignmentReason)
    assert shown.stood.version == len(shown.steps)
    text = drawn(shown)
    assert f"because {assigned.assignment.reason.value}" in text
    assert "status: OPEN → RESOLVED" in text
    assert all(step.words in text for step in shown.steps if step.words)


async def test_words_names_and_addresses_are_shown_for_a_purpose_only(shop: Shop) -> None:
    opened = await shop.replay(purpose="audit")
    closed = await shop.replay()
    words = [step.words for step in opened.steps if step.words]
    assert words
    assert [step.words for step in closed.steps if step.words] == []
    assert (closed.stood.subject, closed.stood.customer[:6]) == (None, "Klant ")
    assert {(handle.masked, handle.value) for handle in closed.stood.handles} == {(None, None)}
    as_json, as_text = msgspec.json.encode(closed).decode(), drawn(closed)
    personal = [*words, opened.stood.subject, *(handle.value for handle in opened.stood.handles)]
    for secret in personal:
        assert secret
        assert secret not in as_json
        assert secret not in as_text
    assert [step.type for step in closed.steps] == [step.type for step in opened.steps]


async def test_it_stops_where_it_is_told_to(shop: Shop) -> None:
    whole = await shop.replay()
    second = await shop.replay(version=2)
    assert second.steps == whole.steps[:2]
    assert (second.stood.version, second.stood.position) == (2, whole.steps[1].position)
    by_id = ids.encode(IdType.CASE, await shop.history.pool.fetchval("SELECT case_id FROM cases"))
    third = whole.steps[2].recorded_at
    then = await shop.replay(by_id, at=third)
    assert then.steps == whole.steps[:3]
    (purse,) = then.stood.assignee_budgets
    assert (purse.granted, purse.available, purse.currency) == ("250.00", "250.00", "EUR")
    assert "250.00 of 250.00 EUR left this week" in drawn(then)


async def looks(shop: Shop) -> list[tuple[object, ...]]:
    rows = await shop.history.pool.fetch(
        "SELECT action, purpose, ticket, actor_ref, role, client FROM access.seen WHERE operation = 'replay' "
        "ORDER BY day, number"
    )
    return [tuple(row) for row in rows]


async def token(shop: Shop, role: Role, subject: str) -> str:
    return str((await issue(shop.env, role=role, subject=subject, name=None, ttl=timedelta(hours=1)))["token"])


async def test_every_look_is_in_the_access_log_before_it_is_taken(shop: Shop) -> None:
    await shop.replay()
    await shop.replay(purpose="audit; ref=T-1")
    who = (account().ref, "ADMIN", "eender")
    assert await looks(shop) == [("READ", None, None, *who), ("READ", "audit", "T-1", *who)]


async def test_a_look_under_a_token_is_its_bearers(shop: Shop) -> None:
    shop.env["EENDER_TOKEN"] = await token(shop, Role.AUDITOR, "arie")
    await shop.replay(purpose="audit")
    typed = f"eender ({account().ref})"
    assert await looks(shop) == [("READ", "audit", None, "arie", "AUDITOR", typed)]
    shop.env["EENDER_TOKEN"] = await token(shop, Role.PRIVACY, "petra")
    with pytest.raises(CommandFailed, match="PRIVACY may not read cases"):
        await shop.replay()
    assert (await looks(shop))[1:] == [("DENIED", None, None, "petra", "PRIVACY", typed)]
    shop.env["EENDER_TOKEN"] += "x"
    with pytest.raises(CommandFailed, match="EENDER_TOKEN is not good: SIGNATURE"):
        await shop.replay()


@pytest.mark.parametrize(
    ("case", "options", "said"),
    [
        ("999999", {}, "there is no case 999999"),
        ("nonsense", {}, "neither a case's number nor its id"),
        ("100001", {"purpose": "audit; T 1"}, "names no ticket"),
        ("100001", {"purpose": "curiosity"}, "no purpose 'curiosity' is configured"),
        ("100001", {"version": 400}, "the case has no version 400"),
        ("100001", {"at": datetime(2000, 1, 1, tzinfo=UTC)}, "had not begun by then"),
    ],
)
async def test_what_cannot_be_shown_is_said(shop: Shop, case: str, options: dict[str, object], said: str) -> None:
    with pytest.raises(CommandFailed, match=said):
        await shop.replay(case, **options)  # type: ignore[arg-type]  # options of several types


async def test_a_fact_of_a_newer_program_ends_it_there_and_is_named(shop: Shop) -> None:
    await shop.history.pool.execute("UPDATE es.events SET topic = 'case.assigned.v7' WHERE topic = 'case.assigned.v1'")
    shown = await shop.replay()
    assert [step.type for step in shown.steps] == ["case.opened.v1", "case.contact-attached.v1"]
    assert shown.unreadable is not None
    assert "version 3: topic case.assigned.v7 is newer than this program" in shown.unreadable


async def test_a_key_that_is_missing_ends_it_there_and_does_not_pass_for_an_erasure(shop: Shop) -> None:
    case_id = await shop.history.pool.fetchval("SELECT case_id FROM cases")
    await shop.history.keys._pool.execute("DELETE FROM keys.contents WHERE scope_id = $1", case_id)
    shown = await shop.replay(purpose="audit")
    assert [step.type for step in shown.steps] == ["case.opened.v1"]
    assert shown.unreadable == (
        f"stream {case_id} version 2: the key of what topic case.contact-attached.v1 seals is missing;"
        " nobody destroyed it"
    )
    without_words = await shop.replay()
    assert (len(without_words.steps) > 2, without_words.unreadable) == (True, None)


async def test_what_customers_wrote_gives_no_orders_to_the_terminal(shop: Shop) -> None:
    shown = await shop.replay(purpose="audit")
    nasty = msgspec.structs.replace(shown.steps[1], words="\x1b[2J\x07[bold]red[/bold]\nnext line")
    text = drawn(msgspec.structs.replace(shown, steps=(nasty,)))
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "[bold]red[/bold]" in text


async def test_a_forgotten_customers_case_still_replays_without_words(shop: Shop) -> None:
    before = await shop.replay(purpose="audit")
    await shop.history.forget(0)
    after = await shop.replay(purpose="audit")
    assert [step.type for step in after.steps] == [step.type for step in before.steps]
    assert [step.words for step in after.steps if step.words] == []
    assert (after.stood.subject, after.stood.customer[:6]) == (None, "Klant ")
