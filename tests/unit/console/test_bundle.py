"""A bundle says when anything in it is not what was exported, and where."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.bundle_check import BundleAltered, SignedByAnother, verify_bundle
from infra.checkpoints import parse_key
from infra.verify_page import page_of, taken_apart
from services.console.__main__ import main
from tests.support.bundles import ALTERATIONS, ORIGIN, OTHER_VKEY, VKEY, Change, as_json, body_of, story


@cache
def files() -> dict[str, bytes]:
    sealed, readable = body_of(story()), body_of(story(), readable=True)
    return {"json": as_json(readable), "html": page_of(readable), "sealed.json": as_json(sealed)}


@pytest.mark.parametrize("kind", ["json", "html", "sealed.json"])
def test_a_bundle_as_exported_is_right_by_its_own_key_and_by_the_same_key_from_elsewhere(kind: str) -> None:
    verified = verify_bundle(files()[kind], key=parse_key(VKEY))
    assert verified.checkpoint.origin == ORIGIN
    assert [fact.version for fact in verified.body.facts] == [1, 2, 3, 4, 5, 6]
    assert verified.withheld == ()
    assert verify_bundle(files()[kind]).body.vkey == VKEY


def test_a_bundle_signed_by_another_key_than_the_auditor_knows_is_refused() -> None:
    with pytest.raises(SignedByAnother, match="the checkpoint is signed by another key; it is signed by eender/case"):
        verify_bundle(files()["json"], key=parse_key(OTHER_VKEY))


def test_the_command_tells_an_altered_bundle_from_another_key_and_from_what_is_no_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "case.json"
    file.write_bytes(files()["json"])
    for key, code, said in (
        (VKEY, 0, ""),
        (OTHER_VKEY, 1, "is not signed by the key you gave: the checkpoint is signed by another key"),
        (VKEY.replace("case", "routing"), 2, "this is no Ed25519 verifier key; expected one like"),
        (VKEY[:-1], 2, "this is no Ed25519 verifier key; expected one like"),
        ("nonsense", 2, "this is no Ed25519 verifier key; expected one like"),
        ("", 2, "this is no Ed25519 verifier key; expected one like"),
    ):
        assert main(["verify", "--bundle", str(file), "--key", key]) == code, key
        refused = capsys.readouterr().err
        assert said in refused
        assert "altered" not in refused
    file.write_bytes(files()["json"][:-2])
    assert main(["verify", "--bundle", str(file), "--key", OTHER_VKEY]) == 1
    assert "was altered" in capsys.readouterr().err


def test_every_single_byte_of_a_bundle_counts() -> None:
    file = files()["json"]
    for place in range(len(file)):
        altered = bytearray(file)
        altered[place] ^= 1 << (place % 8)
        with pytest.raises(BundleAltered):
            verify_bundle(bytes(altered))


@given(place=st.integers(min_value=0), mask=st.integers(1, 255), kind=st.sampled_from(["json", "html"]))
def test_flipping_any_byte_of_a_bundle_in_any_way_is_detected(place: int, mask: int, kind: str) -> None:
    altered = bytearray(files()[kind])
    altered[place % len(altered)] ^= mask
    with pytest.raises(BundleAltered):
        verify_bundle(bytes(altered))


@given(st.binary(max_size=300))
def test_whatever_cannot_be_read_counts_as_altered(content: bytes) -> None:
    with pytest.raises(BundleAltered):
        verify_bundle(content)


@given(place=st.integers(min_value=0), kind=st.sampled_from(["json", "html"]))
def test_a_bundle_cut_off_anywhere_counts_as_altered(place: int, kind: str) -> None:
    file = files()[kind]
    with pytest.raises(BundleAltered):
        verify_bundle(file[: place % len(file)])


def test_a_bundle_written_in_another_way_counts_as_altered() -> None:
    with pytest.raises(BundleAltered, match="not written as a bundle"):
        verify_bundle(msgspec.json.format(files()["json"]))


@pytest.mark.parametrize(
    ("change", "place"),
    ALTERATIONS,
)
def test_who_alters_a_bundle_and_mends_its_digest_is_found_at_the_place(change: Change, place: str) -> None:
    with pytest.raises(BundleAltered, match=place):
        verify_bundle(as_json(change(body_of(story(), readable=True))))


def test_facts_of_another_case_are_not_those_of_the_case_that_is_named() -> None:
    body = body_of(story())
    renamed = msgspec.structs.replace(body, case=msgspec.structs.replace(body.case, number="100043"))
    with pytest.raises(BundleAltered, match="case: the facts are not those of the case it names"):
        verify_bundle(as_json(renamed))
    with pytest.raises(BundleAltered, match="case: the facts are not those of the case it names"):
        verify_bundle(as_json(body_of([replace(story()[0], clear=b"[]", previous_hash=None).with_hash()])))


def test_an_envelope_that_was_taken_away_as_a_fact_says_breaks_nothing_and_is_told() -> None:
    assert verify_bundle(as_json(body_of(story(withheld=(2,))))).withheld == (2,)


def test_an_envelope_that_no_fact_says_was_taken_away_is_named() -> None:
    with pytest.raises(BundleAltered, match=r"fact 2 \(case.contact-attached.v1\): .* no fact says so"):
        verify_bundle(as_json(body_of(story(withheld=(2,), said=False))))
    facts = story(withheld=(4,))
    facts[1] = replace(facts[1], sealed=b"\0\0\0\0")
    with pytest.raises(BundleAltered, match=r"fact 2 \(case.contact-attached.v1\): .* no fact says so"):
        verify_bundle(as_json(body_of(facts)))


@pytest.mark.parametrize(("before", "after"), [(0, 0), (1, 0), (0, 1), (250, 3), (300, 700)])
def test_a_bundle_is_right_wherever_its_facts_stand_in_the_log(before: int, after: int) -> None:
    verify_bundle(as_json(body_of(story(), before=before, after=after)), key=parse_key(VKEY))


def test_the_page_reaches_no_network_and_ends_nowhere_early() -> None:
    before, bundle, after = taken_apart(files()["html"])
    assert b"default-src 'none'" in before
    assert b"<" not in bundle
    assert after.count(b"</script>") == 2
    assert not any(word in before + after for word in (b"http:", b"https:", b"//cdn", b"import(", b"fetch(", b"src="))
