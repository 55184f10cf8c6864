"""What was said in a case is kept for so many months after its resolution: which cases, and what goes on as before."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.stored import FactMeta
from contracts.vocabulary import Actor, ActorKind, ContentState, Role, id_of, system_actor
from services.case.commands.add_note import AddNote, add_note
from services.case.commands.expire_case_content import ExpireCaseContent, expire_case_content
from services.case.commands.place_restriction import PlaceRestriction, place_restriction
from services.case.commands.record_retention import RecordRetention, record_retention
from services.case.commands.resolve_case import ResolveCase, resolve_case
from services.case.domain.case_facts import ContentExpired
from services.case.domain.erasure_words import RestrictionKind
from services.case.domain.retention import RetentionClass, months_before
from services.case.domain.retention_facts import RetentionEnforced
from services.case.projections import redaction as projection
from tests.unit.case.world import START, World

CASE = system_actor("case")
PIA = Actor(ActorKind.STAFF, "pia", Role.PRIVACY)


class Archive(World):
    """A world with a case that was resolved long ago."""

    case_id: UUID
    contact_id: UUID

    @classmethod
    async def resolved(cls) -> Archive:
        archive = cls()
        opened = await archive.open_case("a secret")
        archive.case_id, (archive.contact_id,) = opened.id, opened.contacts
        await add_note(AddNote(opened.id, archive.new_id(), "a secret, too"), archive.by(), record=archive.record)
        await resolve_case(ResolveCase(opened.id), archive.by(), record=archive.record, policy=archive.policy)
        archive.later(days=400)
        return archive

    async def expire(self, cutoff: datetime | None = None) -> bool:
        command = ExpireCaseContent(self.case_id, cutoff or self.at - timedelta(days=30))
        done = await expire_case_content(command, self.by(CASE), record=self.record)
        return bool(done.outcome["expired"])


async def test_a_case_that_was_resolved_long_ago_says_nothing_any_more() -> None:
    archive = await Archive.resolved()
    assert await archive.expire()
    case = await archive.case(archive.case_id)
    contact = case.contacts[archive.contact_id]
    assert (contact.text, contact.text_state, case.subject) == (None, ContentState.EXPIRED, None)
    (fact,) = [each for each in archive.record.all_facts() if isinstance(each, ContentExpired)]
    assert (fact.withheld, fact.contact_ids) == ((2, 3), (archive.contact_id,))
    assert [row.args for row in archive.record.rows] == [(archive.case_id, [2, 3])]
    meta = FactMeta(archive.case_id, 5, archive.new_id(), fact.TOPIC, archive.at, CASE, archive.new_id(), None)
    names = [row.statement for row in projection.rows(fact, meta)]
    assert names == ["expire_entries", "erase_case", "erase_redactions", "insert_redaction"]
    assert not await archive.expire(), "once"


async def test_a_case_stays_that_is_younger_or_was_opened_again() -> None:
    archive = await Archive.resolved()
    assert not await archive.expire(START)
    await archive.attach(archive.whatsapp("hello again", in_reply_to=archive.contact_id))
    assert not await archive.expire()
    assert (await archive.case(archive.case_id)).subject == "a secret"


@pytest.mark.parametrize("kind", list(RestrictionKind))
async def test_a_case_stays_whose_customer_is_under_a_legal_hold_or_restricted(kind: RestrictionKind) -> None:
    archive = await Archive.resolved()
    customer_id = (await archive.case(archive.case_id)).customer_id
    until = archive.at + timedelta(days=10)
    place = PlaceRestriction(archive.new_id(), customer_id, kind, "a dispute", until)
    await place_restriction(place, archive.by(PIA), record=archive.record)
    assert await archive.expire() is (kind is RestrictionKind.OBJECTION)
    archive.later(days=11)
    assert await archive.expire() is (kind is not RestrictionKind.OBJECTION)


async def test_who_answers_an_expired_case_begins_a_new_one() -> None:
    archive = await Archive.resolved()
    assert await archive.expire()
    again = await archive.attach(archive.whatsapp("hello again", in_reply_to=archive.contact_id))
    assert UUID(again.outcome["case_id"]) != archive.case_id


async def test_a_days_evidence_is_put_on_record_once() -> None:
    archive = await Archive.resolved()
    gone = (id_of("case", "2"), id_of("case", "1"))
    for ids in (gone, ()):
        command = RecordRetention(RetentionClass.CASE_CONTENTS, date(2027, 4, 6), START, ids, kept=1)
        await record_retention(command, archive.by(CASE), record=archive.record)
    (said,) = [each for each in archive.record.all_facts() if isinstance(each, RetentionEnforced)]
    assert (said.expired, said.kept, said.day.isoformat()) == (2, 1, "2027-04-06")


@given(day=st.dates(date(2020, 1, 1), date(2200, 1, 1)), months=st.integers(1, 1200))
def test_months_are_calendar_months(day: date, months: int) -> None:
    cutoff = months_before(day, months)
    assert (day.year * 12 + day.month) - (cutoff.year * 12 + cutoff.month) == months
    assert cutoff.day <= day.day
    assert cutoff.tzinfo is UTC
