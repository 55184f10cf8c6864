"""Keys in their database: one per scope however many ask, and gone for good once destroyed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from contracts.envelope import SealedPart
from contracts.stored import SealingScope
from infra.postgres import Pool, open_pool
from infra.sealing import KekError, KeyRing, SealBroken, SubjectDestroyed, migrate_keys, open_sealed, seal
from tests.support.notebook import IDS, NOW

KEK = bytes(range(32))


@pytest.fixture
async def pool(keys_database: str) -> AsyncIterator[Pool]:
    opened = await open_pool(keys_database, application_name="test-keys")
    await migrate_keys(opened)
    yield opened
    await opened.close()


def scope() -> SealingScope:
    return SealingScope(IDS.new(), IDS.new())


async def test_a_key_is_made_once_and_found_again_by_scope_and_by_id(pool: Pool) -> None:
    wanted = scope()
    made = await KeyRing(pool, KEK).content_key(wanted)
    sealed = seal(made, b"secret", stream_id=wanted.scope_id, version=1)
    other = KeyRing(pool, KEK)
    assert (await other.content_key(wanted)).key_id == made.key_id
    found = (await KeyRing(pool, KEK).keys_by_id([made.key_id, IDS.new()]))[made.key_id]
    assert open_sealed(found, sealed, stream_id=wanted.scope_id, version=1) == b"secret"


async def test_two_matters_of_one_subject_have_two_keys(pool: Pool) -> None:
    ring, one = KeyRing(pool, KEK), scope()
    other = SealingScope(one.subject_id, IDS.new())
    assert (await ring.content_key(one)).key_id != (await ring.content_key(other)).key_id


async def test_keys_of_a_new_subject_are_made_in_one_go(pool: Pool) -> None:
    one = scope()
    other = SealingScope(one.subject_id, IDS.new())
    rings = [KeyRing(pool, KEK) for _ in range(10)]
    made = await asyncio.gather(*(ring.content_keys([one, other]) for ring in rings))
    assert len({tuple(key.key_id for key in keys) for keys in made}) == 1
    again = await rings[0].content_keys([other, one])
    assert [key.key_id for key in again] == [key.key_id for key in reversed(made[0])]
    assert await pool.fetchval("SELECT count(DISTINCT xmin::text) FROM keys.contents") == 1
    assert await pool.fetchval("SELECT count(*) FROM keys.contents") == 2


async def test_many_processes_that_make_the_same_key_end_with_one(pool: Pool) -> None:
    wanted = scope()
    rings = [KeyRing(pool, KEK) for _ in range(20)]
    keys = await asyncio.gather(*(ring.content_key(wanted) for ring in rings))
    assert len({(key.key_id, key.commitment) for key in keys}) == 1
    assert await pool.fetchval("SELECT count(*) FROM keys.contents") == 1


async def test_after_the_subject_is_destroyed_nothing_of_theirs_opens(pool: Pool) -> None:
    ring, one = KeyRing(pool, KEK), scope()
    other = SealingScope(one.subject_id, IDS.new())
    keys = [await ring.content_key(each) for each in (one, other)]
    part = SealedPart(keys[0].key_id, seal(keys[0], b"secret", stream_id=one.scope_id, version=1))
    assert await ring.open(part, one.scope_id, 1) == b"secret"
    assert set(await ring.destroy_subject(one.subject_id, NOW)) == {key.key_id for key in keys}
    assert await ring.open(part, one.scope_id, 1) is None
    assert await KeyRing(pool, KEK).keys_by_id(key.key_id for key in keys) == {}
    assert await ring.destroy_subject(one.subject_id, NOW) == ()
    for each in (one, SealingScope(one.subject_id, IDS.new())):
        with pytest.raises(SubjectDestroyed):
            await ring.content_key(each)
    assert await pool.fetchval("SELECT count(*) FROM keys.contents WHERE wrapped IS NOT NULL") == 0


async def test_after_a_content_key_is_destroyed_its_matter_gets_a_new_one(pool: Pool) -> None:
    ring, one = KeyRing(pool, KEK), scope()
    other = await ring.content_key(SealingScope(one.subject_id, IDS.new()))
    key = await ring.content_key(one)
    assert await ring.destroy_scope(one, NOW)
    assert not await ring.destroy_scope(one, NOW)
    assert (await ring.keys_by_id([key.key_id, other.key_id])).keys() == {other.key_id}
    assert (await ring.content_key(one)).key_id != key.key_id


async def test_keys_made_while_their_subject_is_destroyed_are_destroyed_or_refused(pool: Pool) -> None:
    for _ in range(10):
        subject_id = IDS.new()
        await KeyRing(pool, KEK).content_key(SealingScope(subject_id, IDS.new()))
        makings = (KeyRing(pool, KEK).content_key(SealingScope(subject_id, IDS.new())) for _ in range(5))
        done = await asyncio.gather(
            *makings, KeyRing(pool, KEK).destroy_subject(subject_id, NOW), return_exceptions=True
        )
        assert all(not isinstance(each, BaseException) or isinstance(each, SubjectDestroyed) for each in done)
        assert await pool.fetchval("SELECT count(*) FROM keys.contents WHERE wrapped IS NOT NULL") == 0


async def test_a_subject_that_another_process_destroyed_gets_no_further_keys(pool: Pool) -> None:
    ring, one = KeyRing(pool, KEK), scope()
    await ring.content_key(one)
    await KeyRing(pool, KEK).destroy_subject(one.subject_id, NOW)
    with pytest.raises(SubjectDestroyed):
        await ring.content_key(SealingScope(one.subject_id, IDS.new()))


async def test_many_processes_that_know_the_subject_end_with_one_key_for_its_next_matter(pool: Pool) -> None:
    first = scope()
    rings = [KeyRing(pool, KEK) for _ in range(20)]
    for ring in rings:
        await ring.content_key(first)
    second = SealingScope(first.subject_id, IDS.new())
    keys = await asyncio.gather(*(ring.content_key(second) for ring in rings))
    assert len({(key.key_id, key.commitment) for key in keys}) == 1
    assert await pool.fetchval("SELECT count(*) FROM keys.contents") == 2


async def test_a_wrong_key_encryption_key_is_loud_and_never_looks_like_erasure(pool: Pool) -> None:
    key = await KeyRing(pool, KEK).content_key(scope())
    wrong = KeyRing(pool, bytes(32))
    with pytest.raises(KekError, match="another one"):
        await wrong.keys_by_id([key.key_id])


async def test_a_wrapped_key_moved_to_another_row_does_not_unwrap(pool: Pool) -> None:
    ring, one = KeyRing(pool, KEK), scope()
    keys = [await ring.content_key(one), await ring.content_key(SealingScope(one.subject_id, IDS.new()))]
    await pool.execute("UPDATE keys.contents c SET wrapped = o.wrapped FROM keys.contents o WHERE o.key_id <> c.key_id")
    with pytest.raises(KekError, match="does not unwrap"):
        await KeyRing(pool, KEK).keys_by_id([keys[0].key_id])


async def test_no_key_rests_in_clear(pool: Pool) -> None:
    ring, one = KeyRing(pool, KEK), scope()
    await ring.content_key(one)
    lengths = await pool.fetchrow(
        "SELECT length(s.wrapped), length(c.wrapped) FROM keys.subjects s JOIN keys.contents c USING (subject_id)"
    )
    assert lengths is not None
    assert tuple(lengths) == (60, 60)


async def test_an_envelope_in_another_place_does_not_open(pool: Pool) -> None:
    ring, one = KeyRing(pool, KEK), scope()
    key = await ring.content_key(one)
    part = SealedPart(key.key_id, seal(key, b"secret", stream_id=one.scope_id, version=1))
    with pytest.raises(SealBroken):
        await ring.open(part, one.scope_id, 2)
