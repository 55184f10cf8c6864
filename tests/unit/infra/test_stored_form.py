"""The quick way to a fact's one envelope finds what the careful way finds, or nothing."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from contracts.envelope import SealedPart
from infra.event_store.stored_form import NO_SEALS, ONE_SEAL_BYTES, framed, lone_envelope, sealed_part, seals_json

PARTS = st.lists(st.builds(SealedPart, key_id=st.uuids(), sealed=st.binary(max_size=40)), max_size=3).map(tuple)


@given(PARTS)
def test_a_lone_envelope_is_the_one_that_is_framed(parts: tuple[SealedPart, ...]) -> None:
    seals, frame = seals_json(parts), framed(parts)
    if frame is None:
        assert sealed_part(seals, frame) is None
        return
    careful, quick = sealed_part(seals, frame), lone_envelope(seals, frame)
    if len(parts) == 1 and parts[0].sealed:
        assert careful == parts[0]
        assert quick == (str(parts[0].key_id).encode(), parts[0].sealed)
    else:
        assert quick is None


@given(st.binary(max_size=60))
def test_what_is_no_frame_of_one_envelope_is_left_to_the_careful_way(frame: bytes) -> None:
    seals = seals_json((SealedPart(key_id=UUID(int=1), sealed=b"x"),))
    assert len(seals) == ONE_SEAL_BYTES
    assert lone_envelope(NO_SEALS, frame) is None
    assert (lone_envelope(seals, frame) is not None) == (
        len(frame) > 4 and int.from_bytes(frame[:4], "big") == len(frame) - 4
    )
