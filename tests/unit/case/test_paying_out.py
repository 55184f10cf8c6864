"""Payouts: whatever the payer says, early, late, twice, otherwise or never; nothing is paid twice nor lost."""

from __future__ import annotations

from uuid import UUID

import pytest

from contracts.case import GestureDropped, GestureGiven, GestureReversed
from contracts.vocabulary import GestureStatus, Refusal, RefusalCode, system_actor
from services.case.commands.record_hold import RecordHold, record_hold
from services.case.commands.record_payout_attempt import RecordPayoutAttempt, record_payout_attempt
from services.case.commands.settle_payout import SettlePayout, settle_payout
from services.case.domain.case import Case
from services.case.domain.contact_facts import ReplyRequested
from services.case.domain.payer_word import PayerWord, word_in
from services.case.domain.payout import PayoutState, Unsettled
from services.case.domain.payout_facts import PayoutPaid
from tests.unit.case.office import Office
from tests.unit.case.test_giving_gestures import ROUTING, Giving
from tests.unit.case.test_publish import told

HOLD = UUID(int=900)
PAID = PayerWord(status="paid", reference="re_1", code="SORRY-2041", url="https://shop.example/v/1")
REFUSED = PayerWord(status="refused", code="order-value-exceeded", reason="No more is left of this order.")


class Paying(Giving):
    """A gesture whose money is pinned: it is being paid."""

    async def begun(self) -> tuple[Case, UUID]:
        case = await self.open_case()
        gesture_id = await self.give(case.id)
        command = RecordHold(case.id, gesture_id, HOLD, UUID(int=901), 2500, paying=True)
        for _ in range(2):
            await record_hold(command, self.by(ROUTING), record=self.record, policy=self.policy)
        return case, gesture_id

    async def say(self, case: Case, gesture_id: UUID, word: PayerWord) -> None:
        await settle_payout(
            SettlePayout(case.id, gesture_id, word),
            self.by(system_actor("payer")),
            record=self.record,
            policy=self.policy,
        )

    async def refused(self, case: Case, gesture_id: UUID, word: PayerWord) -> Refusal:
        facts = len(self.record.all_facts())
        with pytest.raises(Refusal) as refused:
            await self.say(case, gesture_id, word)
        assert len(self.record.all_facts()) == facts
        return refused.value

    def told_of(self, kind: type) -> list[object]:
        return [message for _, message in told(self.record) if isinstance(message, kind)]


async def test_a_pinned_hold_makes_it_paying_and_the_ledger_spends_nothing_yet() -> None:
    world = Paying()
    case, gesture_id = await world.begun()
    assert await world.status(case, gesture_id) is GestureStatus.PAYING
    assert world.told_of(GestureGiven) == []


async def test_paid_twice_is_given_once_with_what_it_brought() -> None:
    world = Paying()
    case, gesture_id = await world.begun()
    for word in (PAID, PAID, PayerWord(status="paid", reference="re_2")):
        await world.say(case, gesture_id, word)
    assert await world.status(case, gesture_id) is GestureStatus.GIVEN
    (fact,) = [fact for fact in world.record.all_facts() if isinstance(fact, PayoutPaid)]
    assert (fact.provider_ref, fact.code) == ("re_1", "SORRY-2041")
    (given,) = world.told_of(GestureGiven)
    assert isinstance(given, GestureGiven)
    assert given.hold_id == HOLD


async def test_a_refused_payout_frees_the_money_and_says_why() -> None:
    world = Paying()
    case, gesture_id = await world.begun()
    for _ in range(2):
        await world.say(case, gesture_id, REFUSED)
    assert await world.status(case, gesture_id) is GestureStatus.REFUSED
    (dropped,) = world.told_of(GestureDropped)
    assert isinstance(dropped, GestureDropped)
    assert dropped.reason == "PAYOUT_REFUSED"


async def test_a_payment_after_a_refusal_is_a_payment_all_the_same() -> None:
    world = Paying()
    case, gesture_id = await world.begun()
    await world.say(case, gesture_id, REFUSED)
    await world.say(case, gesture_id, PAID)
    assert await world.status(case, gesture_id) is GestureStatus.GIVEN
    assert len(world.told_of(GestureGiven)) == 1


async def test_a_refusal_after_the_payment_contradicts_it_and_changes_nothing() -> None:
    world = Paying()
    case, gesture_id = await world.begun()
    await world.say(case, gesture_id, PAID)
    assert (await world.refused(case, gesture_id, REFUSED)).code is RefusalCode.IDEMPOTENCY_MISMATCH


async def test_silence_settles_nothing_however_long() -> None:
    world = Paying()
    case, gesture_id = await world.begun()
    for again_at in (world.at, None):
        command = RecordPayoutAttempt(case.id, gesture_id, Unsettled.UNANSWERED, again_at)
        await record_payout_attempt(command, world.by(system_actor("case")), record=world.record)
    world.later(days=400)
    gesture = (await world.case(case.id)).gestures[gesture_id]
    assert (gesture.status, gesture.hold_id) == (GestureStatus.PAYING, HOLD)
    assert gesture.payout is not None
    assert (gesture.payout.attempts, gesture.payout.state) == (2, PayoutState.OPEN)
    await world.say(case, gesture_id, PAID)
    facts = len(world.record.all_facts())
    await record_payout_attempt(command, world.by(system_actor("case")), record=world.record)
    assert len(world.record.all_facts()) == facts, "an attempt that was under way comes too late"


async def test_what_comes_back_is_counted_once_and_never_more_than_was_paid() -> None:
    world = Paying()
    case, gesture_id = await world.begun()
    back = PayerWord(status="returned", return_id="r1", amount_minor=2000)
    assert (await world.refused(case, gesture_id, back)).code is RefusalCode.NOT_FOUND
    await world.say(case, gesture_id, PAID)
    for _ in range(2):
        await world.say(case, gesture_id, back)
    assert await world.status(case, gesture_id) is GestureStatus.GIVEN
    other = PayerWord(status="returned", return_id="r1", amount_minor=1)
    assert (await world.refused(case, gesture_id, other)).code is RefusalCode.IDEMPOTENCY_MISMATCH
    over = PayerWord(status="returned", return_id="r2", amount_minor=501)
    assert (await world.refused(case, gesture_id, over)).path == ("amount_minor",)
    await world.say(case, gesture_id, PayerWord(status="returned", return_id="r2", amount_minor=500))
    assert await world.status(case, gesture_id) is GestureStatus.REVERSED
    assert [m.amount_minor for m in world.told_of(GestureReversed)] == [2000, 500]  # type: ignore[attr-defined]


@pytest.mark.parametrize("missing", ["return_id", "amount_minor"])
async def test_a_return_without_an_id_or_an_amount_is_not_understood(missing: str) -> None:
    world = Paying()
    case, gesture_id = await world.begun()
    await world.say(case, gesture_id, PAID)
    given = {"return_id": "r1", "amount_minor": 100}
    del given[missing]
    refused = await world.refused(case, gesture_id, PayerWord(status="returned", **given))  # type: ignore[arg-type]
    assert (refused.code, refused.path) == (RefusalCode.INVALID_INPUT, (missing,))


async def test_a_gesture_that_is_not_paid_out_has_no_payer() -> None:
    world = Paying()
    case = await world.open_case()
    gesture_id = await world.give(case.id)
    await world.hold(case.id, gesture_id)
    assert (await world.refused(case, gesture_id, PAID)).code is RefusalCode.NOT_FOUND
    assert await world.status(case, gesture_id) is GestureStatus.GIVEN


async def test_an_answer_with_a_gesture_leaves_when_it_is_paid_and_not_before() -> None:
    office = await Office.furnished()
    case = await office.open_case()
    settled = await office.settle(case, 1250)
    assert settled.gesture is not None
    hold = RecordHold(case.id, settled.gesture.gesture_id, HOLD, UUID(int=901), 1250, paying=True)
    await record_hold(hold, office.by(ROUTING), record=office.record, policy=office.policy)
    assert office.count(ReplyRequested) == 0
    word = SettlePayout(case.id, settled.gesture.gesture_id, PAID)
    await settle_payout(word, office.by(system_actor("payer")), record=office.record, policy=office.policy)
    assert office.count(ReplyRequested) == 1
    assert (await office.now(case)).is_resolved


@pytest.mark.parametrize(
    "body",
    [
        b"", b"ok", b"[]", b"{}", b'{"status":"maybe"}', b'{"status":"paid","code":7}', b"\xff",
        b'{"status":"paid","code":"\\u0000"}', b'{"status":"paid","code":"' + b"x" * 501 + b'"}',
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_no_word(body: bytes) -> None:
    assert word_in(body) is None


def test_links_that_lead_nowhere_safe_are_left_out() -> None:
    word = word_in(b'{"status":"paid","code":"A1","url":"javascript:alert(1)","more":true}')
    assert word is not None
    assert (word.fulfilment.code, word.fulfilment.url) == ("A1", None)
