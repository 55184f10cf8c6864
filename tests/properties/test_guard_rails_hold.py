"""Whatever is known of a customer never leaves in public, however it is written; no token confirms anything else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
from hypothesis import assume, given
from hypothesis import strategies as st

from contracts.vocabulary import Channel, GuardVerdict, Visibility
from services.case.domain.guards.confirmation import Confirmed, confirms, token_of
from services.case.domain.guards.draft import Author, Draft, Matter
from services.case.domain.guards.looking import look_at
from services.case.domain.guards.policy import GuardPolicy
from services.case.domain.publicity import Known

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECRET = b"s" * 32
WORDS = st.text(alphabet="abcdefghij KLMNO,.!?\u200b\u00e9", max_size=40)
REFERENCES = st.from_regex(r"[A-Z]{2}-[0-9]{4}-[0-9]{3,6}", fullmatch=True)
HANDLES = st.from_regex(r"[a-z][a-z0-9_]{5,15}", fullmatch=True)
MAILS = st.from_regex(r"[a-z]{3,10}\.[a-z]{3,10}@[a-z]{3,8}\.example", fullmatch=True)
PHONES = st.from_regex(r"\+316[1-9][0-9]{7}", fullmatch=True)
NAMES = st.from_regex(r"[A-Z][a-z]{4,11}", fullmatch=True)
GAPS = st.sampled_from(["", " ", "-", ".", "\u200b", "\u00ad"])


def blocked(text: str, known: Known) -> bool:
    draft = Draft(text, author=Author("lea"), channel=Channel.X, account="acct", visibility=Visibility.PUBLIC)
    found = look_at(draft, Matter(at=NOW, known=known), GuardPolicy(), brand=None)
    return any((each.rule, each.verdict) == ("public-personal-data", GuardVerdict.BLOCK) for each in found)


@given(before=WORDS, after=WORDS, reference=REFERENCES, gap=GAPS)
def test_s067_no_reference_of_the_customer_is_said_in_public(before: str, after: str, reference: str, gap: str) -> None:
    written = gap.join(reference)
    assert blocked(f"{before} {written} {after}", Known(references=(reference,)))
    assert blocked(f"{before} {reference.lower()} {after}", Known(told=(f"it is {reference}, I think",)))


@given(before=WORDS, after=WORDS, handle=HANDLES, mail=MAILS, phone=PHONES, name=NAMES, gap=GAPS)
def test_s067_no_address_and_no_name_of_the_customer_is_said_in_public(  # noqa: PLR0917  (each its own)
    before: str, after: str, handle: str, mail: str, phone: str, name: str, gap: str
) -> None:
    known = Known(handles=(handle,), addresses=(mail, phone), names=(f"Sam {name}",), shown=("cat99",))
    for secret in (handle, f"@{handle}", handle.upper(), mail, mail.upper(), gap.join(phone), name, name.upper()):
        assert blocked(f"{before} {secret} {after}", known), secret


@given(text=WORDS)
def test_what_names_nobody_is_not_stopped(text: str) -> None:
    assert not blocked(text, Known(references=("NL-2026-001",), addresses=("+31612345678",), handles=("samuel_99",)))


PARTS = st.text(max_size=30)
CONFIRMED = st.builds(
    Confirmed,
    matter=PARTS,
    actor=PARTS,
    text=PARTS,
    way=PARTS,
    visibility=st.sampled_from(Visibility),
    rules=st.lists(st.sampled_from(["tone-blame", "same-text", "double-reply"]), unique=True).map(tuple),
)


@given(one=CONFIRMED, other=CONFIRMED, seconds=st.integers(-10_000, 10_000))
def test_a_token_confirms_what_it_was_given_for_and_nothing_else(
    one: Confirmed, other: Confirmed, seconds: int
) -> None:
    until = NOW + timedelta(minutes=15)
    token, at = token_of(SECRET, one, until=until), NOW + timedelta(seconds=seconds)
    assert confirms(SECRET, token, one, at=at) == (at <= until)
    assert not confirms(b"t" * 32, token, one, at=NOW)
    assert not confirms(b"", token, one, at=NOW)
    assume(msgspec.structs.replace(one, rules=tuple(sorted(one.rules))) != other)
    assume(set(one.rules) != set(other.rules) or msgspec.structs.replace(other, rules=one.rules) != one)
    assert not confirms(SECRET, token, other, at=NOW)


@given(one=CONFIRMED, place=st.integers(0, 70), letter=st.sampled_from("AZaz09-_!\u00e9"))
def test_a_token_that_was_touched_confirms_nothing(one: Confirmed, place: int, letter: str) -> None:
    token = token_of(SECRET, one, until=NOW)
    assert token is not None
    at = place % len(token)
    touched = token[:at] + letter + token[at + 1 :]
    # The last letter of base64 holds bits that count for nothing.
    assume(touched[:-1] != token[:-1])
    assert not confirms(SECRET, touched, one, at=NOW)


@given(token=st.text(max_size=300))
def test_no_text_is_a_token_by_chance(token: str) -> None:
    one = Confirmed("case", "anna", "text", "way", Visibility.PUBLIC, ("tone-blame",))
    assert not confirms(SECRET, token, one, at=NOW)
