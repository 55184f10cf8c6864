"""Both object stores do the same: JetStream's on a real NATS, S3's against a stand-in that checks signatures."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable

import pytest

from infra.bus import Bus
from infra.clock import SystemClock, SystemIds
from infra.objects import JetStreamObjects, Objects, ObjectsUnavailable
from infra.objects.aws_signature import Signer
from infra.objects.s3 import S3Objects
from tests.support.s3_stand_in import ACCESS_KEY, BUCKET, REGION, SECRET_KEY, S3StandIn


@pytest.fixture
async def store_in_s3() -> AsyncIterator[S3StandIn]:
    with S3StandIn() as running:
        yield running


def in_s3(stand_in: S3StandIn, secret_key: str = SECRET_KEY) -> S3Objects:
    signer = Signer(ACCESS_KEY, secret_key, REGION)
    return S3Objects(endpoint=stand_in.url, bucket=BUCKET, signer=signer, clock=SystemClock())


@pytest.fixture(params=["jetstream", "s3"])
async def objects(
    request: pytest.FixtureRequest, bus: Bus, store_in_s3: S3StandIn, bucket: Callable[[], str]
) -> AsyncIterator[Objects]:
    if request.param == "jetstream":
        yield JetStreamObjects(bus, bucket(), bytes_max=16 * 1024 * 1024)
        return
    objects = in_s3(store_in_s3)
    yield objects
    await objects.close()


@pytest.fixture
def bucket() -> Callable[[], str]:
    return lambda: f"test-{SystemIds().new()}"


@pytest.mark.parametrize("size", [0, 1, 128 * 1024, 700_001])
async def test_what_was_put_comes_back_until_it_is_deleted(objects: Objects, size: int) -> None:
    object_id, data = SystemIds().new(), os.urandom(size)
    assert await objects.get(object_id) is None
    await objects.delete(object_id)
    await objects.put(object_id, b"what was there before")
    await objects.put(object_id, data)
    assert await objects.get(object_id) == data
    await objects.delete(object_id)
    await objects.delete(object_id)
    assert await objects.get(object_id) is None


async def test_one_object_says_nothing_about_another(objects: Objects) -> None:
    first, second = SystemIds().new(), SystemIds().new()
    await objects.put(first, b"first")
    await objects.put(second, b"second")
    await objects.delete(first)
    assert await objects.get(second) == b"second"


async def test_files_never_take_more_room_than_their_bucket_has(bus: Bus, bucket: Callable[[], str]) -> None:
    objects, first, second = (
        JetStreamObjects(bus, bucket(), bytes_max=1024 * 1024),
        SystemIds().new(),
        SystemIds().new(),
    )
    await objects.put(first, os.urandom(700_000))
    with pytest.raises(ObjectsUnavailable):
        await objects.put(second, os.urandom(700_000))
    assert await objects.get(second) is None
    await objects.delete(first)
    await objects.put(second, os.urandom(700_000))


async def test_a_store_that_is_not_there_says_so() -> None:
    nowhere = Bus("nats://127.0.0.1:9", name="test")
    for away in (JetStreamObjects(nowhere), in_s3_nowhere()):
        for ask in (away.get, away.delete):
            with pytest.raises(ObjectsUnavailable):
                await ask(SystemIds().new())
        with pytest.raises(ObjectsUnavailable):
            await away.put(SystemIds().new(), b"x")


def in_s3_nowhere() -> S3Objects:
    signer = Signer(ACCESS_KEY, SECRET_KEY, REGION)
    return S3Objects(endpoint="http://127.0.0.1:9", bucket=BUCKET, signer=signer, clock=SystemClock())


async def test_s3_takes_nothing_under_another_key_and_we_take_no_error_for_a_file(store_in_s3: S3StandIn) -> None:
    forged = in_s3(store_in_s3, "another key")
    with pytest.raises(ObjectsUnavailable):
        await forged.put(SystemIds().new(), b"x")
    assert (store_in_s3.stored, store_in_s3.refused) == ({}, 1)
    store_in_s3.status = 500
    with pytest.raises(ObjectsUnavailable):
        await in_s3(store_in_s3).get(SystemIds().new())
    await forged.close()
