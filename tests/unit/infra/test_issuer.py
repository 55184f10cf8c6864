"""The embedded issuer's key survives restarts, opens with its key-encryption key only, and signs what verifies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest
from joserfc import jws

from contracts.vocabulary import Role
from infra.issuer import Issuer, IssuerKeyUnreadable, TokenClaims
from infra.postgres import Pool, open_pool
from infra.token_verifier import TokenVerifier
from tests.support.tokens import NOW, SetClock

KEK = bytes(range(32))
CLAIMS = TokenClaims(
    subject="anna",
    role=Role.AGENT,
    issued_at=NOW,
    expires_at=NOW + timedelta(hours=8),
    token_id=UUID(int=7),
    name="Anna Voorbeeld",
)


@pytest.fixture
async def pool(keys_database: str) -> AsyncIterator[Pool]:
    pool = await open_pool(keys_database, application_name="test", size_max=4)
    yield pool
    await pool.close()


async def test_a_signed_token_verifies_and_says_what_it_was_told(pool: Pool) -> None:
    issuer = Issuer(pool, KEK)
    token = await issuer.sign(CLAIMS)
    identity = await TokenVerifier(issuer.public_keys, SetClock()).verify(token)
    assert (identity.subject, identity.role, identity.name) == ("anna", Role.AGENT, "Anna Voorbeeld")
    assert identity.expires_at == CLAIMS.expires_at
    assert identity.token_id == str(CLAIMS.token_id)


async def test_a_token_names_its_key_type_and_algorithm(pool: Pool) -> None:
    issuer = Issuer(pool, KEK)
    header = jws.extract_compact((await issuer.sign(CLAIMS)).encode()).headers()
    assert header == {"alg": "Ed25519", "typ": "at+jwt", "kid": await issuer.ensure_key()}


async def test_the_key_is_made_once_however_many_start_together(pool: Pool) -> None:
    kids = await asyncio.gather(*(Issuer(pool, KEK).ensure_key() for _ in range(4)))
    assert len(set(kids)) == 1
    assert len(await Issuer(pool, KEK).public_keys()) == 1


async def test_a_token_outlives_the_process_that_signed_it(pool: Pool) -> None:
    token = await Issuer(pool, KEK).sign(CLAIMS)
    later = Issuer(pool, KEK)
    await later.ensure_key()
    assert await TokenVerifier(later.public_keys, SetClock()).verify(token)


async def test_another_key_encryption_key_does_not_open_the_key(pool: Pool) -> None:
    await Issuer(pool, KEK).ensure_key()
    with pytest.raises(IssuerKeyUnreadable):
        await Issuer(pool, bytes(32)).sign(CLAIMS)


async def test_a_wrapped_key_cannot_be_passed_off_as_another(pool: Pool) -> None:
    await Issuer(pool, KEK).ensure_key()
    await pool.execute("UPDATE issuer_keys SET kid = 'another'")
    with pytest.raises(IssuerKeyUnreadable):
        await Issuer(pool, KEK).ensure_key()


async def test_nothing_private_is_published_or_lies_open(pool: Pool) -> None:
    issuer = Issuer(pool, KEK)
    await issuer.ensure_key()
    (public,) = await issuer.public_keys()
    assert "d" not in public
    assert (public["kty"], public["crv"], public["use"]) == ("OKP", "Ed25519", "sig")
    stored = await pool.fetchval("SELECT wrapped_private FROM issuer_keys")
    assert b'"d"' not in stored
