"""Signed checkpoints: what opens, what does not."""

from __future__ import annotations

import base64
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from infra.checkpoints import Checkpoint, NoteRefused, VerifierKey, open_checkpoint, parse_key, sign

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = VerifierKey("eender/case", PRIVATE.public_key().public_bytes_raw())
CHECKPOINT = Checkpoint("eender/case", 20_852_163, sha256(b"root").digest())
NOTE = sign(CHECKPOINT, PRIVATE)


def test_a_note_is_written_as_the_specification_says() -> None:
    text, _, signature = NOTE.partition("\n\n")
    assert text == f"eender/case\n20852163\n{base64.b64encode(CHECKPOINT.root).decode()}"
    dash, origin, coded = signature.rstrip("\n").split(" ")
    assert (dash, origin) == ("\u2014", "eender/case")
    raw = base64.b64decode(coded)
    assert raw[:4] == sha256(b"eender/case\n\x01" + KEY.public).digest()[:4]
    PRIVATE.public_key().verify(raw[4:], text.encode() + b"\n")


def test_the_key_of_the_specifications_example_has_its_id() -> None:
    # golang.org/x/mod/sumdb/note, "ExampleSign".
    text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    key = parse_key(text)
    assert (key.origin, key.key_id.hex(), key.text()) == ("PeterNeumann", "c74f20a3", text)


def test_what_was_signed_comes_out_again() -> None:
    assert open_checkpoint(NOTE, KEY) == CHECKPOINT
    assert parse_key(KEY.text() + "\n") == KEY


def test_another_log_and_another_key_are_told() -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw()
    with pytest.raises(NoteRefused, match="another key"):
        open_checkpoint(NOTE, VerifierKey("eender/case", other))
    with pytest.raises(NoteRefused, match="of 'eender/case'"):
        open_checkpoint(NOTE, VerifierKey("eender/routing", KEY.public))


@given(st.integers(0, len(NOTE.encode()) - 1), st.integers(0, 7))
def test_a_note_with_any_bit_changed_does_not_open(at: int, bit: int) -> None:
    raw = bytearray(NOTE.encode())
    raw[at] ^= 1 << bit
    with pytest.raises(NoteRefused):
        open_checkpoint(raw.decode(errors="replace"), KEY)


@pytest.mark.parametrize("note", ["", "\n" * 5, NOTE + "x", NOTE[:-1], NOTE.replace("20852163", "020852163"), NOTE * 2])
def test_what_is_no_note_does_not_open(note: str) -> None:
    with pytest.raises(NoteRefused):
        open_checkpoint(note, KEY)


@pytest.mark.parametrize("text", ["", "a", "a+b", "a+00000000+AAAA", KEY.text().replace("+", "-"), KEY.text()[:-4]])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(NoteRefused):
        parse_key(text)
