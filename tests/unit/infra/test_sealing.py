"""Envelopes, and where the key-encryption key comes from."""

from __future__ import annotations

import base64
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from contracts.stored import SealingScope
from infra.sealing import ContentKey, KekError, KeyRing, SealBroken, key_id_of, load_kek, open_sealed, seal
from infra.sealing.content_key import derive
from infra.sealing.key_cache import AGE_MS_MAX, KEYS_MAX, KeyCache

KEY = ContentKey(UUID(int=1), bytes(range(32)))
STREAM = UUID(int=77)


@given(st.binary(max_size=500), st.integers(1, 2**63))
def test_what_was_sealed_opens_with_its_key_in_its_place(plaintext: bytes, version: int) -> None:
    sealed = seal(KEY, plaintext, stream_id=STREAM, version=version)
    assert open_sealed(KEY, sealed, stream_id=STREAM, version=version) == plaintext
    assert key_id_of(sealed) == KEY.key_id
    assert len(sealed) == len(plaintext) + 77


@given(st.data())
def test_any_changed_bit_keeps_it_shut(data: st.DataObject) -> None:
    sealed = bytearray(seal(KEY, b"a secret", stream_id=STREAM, version=1))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(SealBroken):
        open_sealed(KEY, bytes(sealed), stream_id=STREAM, version=1)


@given(st.integers(0, 84))
def test_a_shortened_envelope_does_not_open(length: int) -> None:
    sealed = seal(KEY, b"a secret", stream_id=STREAM, version=1)
    with pytest.raises(SealBroken):
        open_sealed(KEY, sealed[:length], stream_id=STREAM, version=1)


def test_an_envelope_opens_only_where_it_was_sealed_for() -> None:
    sealed = seal(KEY, b"a secret", stream_id=STREAM, version=1)
    for stream_id, version in ((STREAM, 2), (UUID(int=78), 1)):
        with pytest.raises(SealBroken, match="another place"):
            open_sealed(KEY, sealed, stream_id=stream_id, version=version)


def test_another_key_does_not_open_it_even_under_the_same_id() -> None:
    sealed = seal(KEY, b"a secret", stream_id=STREAM, version=1)
    with pytest.raises(SealBroken, match="another key"):
        open_sealed(ContentKey(UUID(int=2), bytes(range(32))), sealed, stream_id=STREAM, version=1)
    with pytest.raises(SealBroken, match="commits to another key"):
        open_sealed(ContentKey(KEY.key_id, bytes(32)), sealed, stream_id=STREAM, version=1)


def test_a_second_key_cannot_take_over_the_envelopes_commitment() -> None:
    other = ContentKey(KEY.key_id, bytes(32))
    sealed = seal(KEY, b"a secret", stream_id=STREAM, version=1)
    forged = sealed[:17] + other.commitment + sealed[49:]
    with pytest.raises(SealBroken):
        open_sealed(KEY, forged, stream_id=STREAM, version=1)
    with pytest.raises(SealBroken):
        open_sealed(other, forged, stream_id=STREAM, version=1)


def test_two_envelopes_of_the_same_words_differ() -> None:
    assert len({seal(KEY, b"same", stream_id=STREAM, version=1) for _ in range(100)}) == 100


def test_the_secret_of_a_key_does_not_show() -> None:
    assert repr(KEY) == f"ContentKey({UUID(int=1)})"
    secret = bytes(range(32))
    assert len({derive(secret, "a"), derive(secret, "b"), secret}) == 3
    with pytest.raises(SealBroken):
        open_sealed(KEY, AESGCM(secret).encrypt(bytes(12), bytes(100), b""), stream_id=STREAM, version=1)


def test_the_key_encryption_key_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    kek = bytes(range(220, 252))
    monkeypatch.setenv("A_KEK", base64.b64encode(kek).decode() + "\n")
    assert load_kek("env:A_KEK") == kek
    monkeypatch.setenv("A_KEK", base64.urlsafe_b64encode(kek).decode().rstrip("="))
    assert load_kek("env:A_KEK") == kek


def test_the_key_encryption_key_comes_from_a_file_raw_or_as_text(tmp_path: Path) -> None:
    kek = bytes(range(32))
    path = tmp_path / "kek"
    path.write_bytes(kek)
    assert load_kek(f"file:{path}") == kek
    path.write_text(base64.b64encode(kek).decode() + "\n")
    assert load_kek(f"file:{path}") == kek


@pytest.mark.parametrize(
    ("value", "fault"),
    [(None, "is not set"), ("c2hvcnQ=", "holds 5 bytes, not 32"), ("not base64 at all!", "is not base64")],
)
def test_a_key_encryption_key_that_is_none_is_refused_without_showing_it(
    monkeypatch: pytest.MonkeyPatch, value: str | None, fault: str
) -> None:
    monkeypatch.delenv("A_KEK", raising=False)
    if value is not None:
        monkeypatch.setenv("A_KEK", value)
    with pytest.raises(KekError, match=fault) as caught:
        load_kek("env:A_KEK")
    assert value is None or value not in str(caught.value)


@pytest.mark.parametrize("spec", ["", "kek", "env:", "file:", "vault:x", "file:/no/such/file"])
def test_a_place_that_is_none_is_refused(spec: str) -> None:
    with pytest.raises(KekError):
        load_kek(spec)


def test_a_key_ring_needs_a_whole_key() -> None:
    with pytest.raises(KekError, match="5 bytes"):
        KeyRing(None, b"short")  # type: ignore[arg-type]  # refused before the pool is used


class Hands:
    """A clock that is turned by hand."""

    at_ms = 0

    def monotonic_ms(self) -> int:
        return self.at_ms


def test_a_cached_key_is_let_go_when_it_is_old_or_forgotten_or_one_too_many() -> None:
    cache, hands = KeyCache(), Hands()
    cache._clock = hands  # type: ignore[assignment]  # a clock is all that tells the time
    scope = SealingScope(UUID(int=5), UUID(int=6))
    cache.put(KEY, scope, cache.epoch)
    assert cache.by_scope(scope) is cache.by_id(KEY.key_id) is KEY
    hands.at_ms = AGE_MS_MAX + 1
    assert cache.by_scope(scope) is None
    cache.put(KEY, scope, cache.epoch)
    stale = cache.epoch
    cache.forget(subject_id=scope.subject_id)
    assert cache.by_id(KEY.key_id) is None
    cache.put(KEY, scope, stale)
    assert cache.by_id(KEY.key_id) is None
    for number in range(KEYS_MAX + 1):
        cache.put(
            ContentKey(UUID(int=number), bytes(32)), SealingScope(scope.subject_id, UUID(int=number)), cache.epoch
        )
    assert cache.by_id(UUID(int=0)) is None
    assert cache.by_id(UUID(int=KEYS_MAX)) is not None
    cache.forget(key_id=UUID(int=KEYS_MAX))
    assert cache.by_scope(SealingScope(scope.subject_id, UUID(int=KEYS_MAX))) is None
