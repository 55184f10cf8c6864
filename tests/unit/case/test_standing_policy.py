"""Of accounts what is on record is in force, and the file until something is."""

from __future__ import annotations

from contracts.vocabulary import AccountMode, Channel
from services.case.domain.policy import CasePolicy, Standing
from services.case.domain.triage import TriagePolicy

WABA, MAIL, X = (Channel.WHATSAPP, "waba-1"), (Channel.EMAIL, "care"), (Channel.X, "shop")
POLICY = CasePolicy(
    accounts=frozenset({WABA, MAIL, X}),
    paused=frozenset({WABA, X}),
    listening=frozenset({X}),
    reactive=frozenset({X}),
    triage=TriagePolicy(modes={X: "listen", MAIL: "proactive"}),
)


def test_the_file_speaks_of_accounts_of_which_nothing_is_on_record() -> None:
    policy = POLICY.standing({})
    assert (WABA in policy.muted, MAIL in policy.muted, X in policy.muted) == (True, False, True)
    assert policy.triage.modes == {X: "listen", MAIL: "proactive"}


def test_what_is_on_record_is_in_force() -> None:
    policy = POLICY.standing({WABA: Standing(), MAIL: Standing(AccountMode.LISTEN), X: Standing(AccountMode.REACT)})
    assert (WABA in policy.muted, MAIL in policy.muted, X in policy.muted) == (False, True, False)
    assert policy.reactive == {MAIL, X}
    assert policy.triage.modes == {WABA: "react", MAIL: "listen", X: "react"}


def test_an_account_that_is_paused_and_one_that_left_the_file_are_mute_whatever_is_on_record() -> None:
    policy = POLICY.standing({WABA: Standing(paused=True), (Channel.SMS, "gone"): Standing()})
    assert WABA in policy.muted
    assert (Channel.SMS, "gone") in policy.muted
