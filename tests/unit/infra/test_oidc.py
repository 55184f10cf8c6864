"""Tokens of an issuer that is not ours: found by discovery, read with care."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from joserfc.jwk import RSAKey

from contracts.vocabulary import Role
from infra.oidc import DOCUMENT_BYTES_MAX, OidcKeys, OidcUnavailable, oidc_rules
from infra.token_verifier import RefusedBecause, TokenRefused, TokenVerifier
from tests.support.tokens import SetClock, good_claims, new_ec_key, new_rsa_key, public_jwk, signed

ISSUER = "https://id.shop.example/realms/desk"
KEY = new_rsa_key()


class Provider:
    """An OIDC provider as far as we look at one."""

    def __init__(self) -> None:
        self.keys: list[dict[str, Any]] = [public_jwk(KEY)]
        self.issuer = ISSUER
        self.keys_path = "/realms/desk/keys"
        self.keys_host = "https://id.shop.example"
        self.answer: httpx.Response | None = None
        self.asked: list[str] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path)
        if self.answer is not None:
            return self.answer
        if request.url.path == "/realms/desk/.well-known/openid-configuration":
            return httpx.Response(200, json={"issuer": self.issuer, "jwks_uri": self.keys_host + self.keys_path})
        if request.url.path == self.keys_path:
            return httpx.Response(200, json={"keys": self.keys})
        return httpx.Response(404)


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def keys(provider: Provider) -> OidcKeys:
    return OidcKeys(ISSUER, httpx.AsyncClient(transport=httpx.MockTransport(provider)))


@pytest.fixture
def verifier(keys: OidcKeys) -> TokenVerifier:
    rules = oidc_rules(ISSUER, "desk", role_claim="realm_access.roles", subject_claim="preferred_username")
    return TokenVerifier(keys.fetch, SetClock(), rules)


def claims(**changes: Any) -> dict[str, Any]:
    theirs = {
        "iss": ISSUER,
        "aud": ["account", "desk"],
        "sub": "0b7c",
        "preferred_username": "anna",
        "role": None,
        "realm_access": {"roles": ["offline_access", "lead"]},
    }
    return good_claims(**theirs | changes)


async def test_a_token_of_the_configured_issuer_comes_in_by_its_own_claims(verifier: TokenVerifier) -> None:
    identity = await verifier.verify(signed(KEY, claims(), alg="RS256", typ="JWT"))
    assert (identity.subject, identity.role) == ("anna", Role.LEAD)


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "PS256", "PS512"])
async def test_asymmetric_algorithms_are_accepted(verifier: TokenVerifier, algorithm: str) -> None:
    assert await verifier.verify(signed(KEY, claims(), alg=algorithm, typ="application/at+JWT"))


async def test_elliptic_keys_are_accepted(verifier: TokenVerifier, provider: Provider) -> None:
    key = new_ec_key()
    provider.keys = [public_jwk(key)]
    assert await verifier.verify(signed(key, claims(), alg="ES256", typ="JWT"))


async def test_a_key_of_another_kind_than_the_algorithm_is_refused(verifier: TokenVerifier, provider: Provider) -> None:
    key = new_ec_key()
    provider.keys = [public_jwk(KEY) | {"kid": key.kid}]
    with pytest.raises(TokenRefused) as refusal:
        await verifier.verify(signed(key, claims(), alg="ES256", typ="JWT"))
    assert refusal.value.reason is RefusedBecause.ALGORITHM


@pytest.mark.filterwarnings("ignore:Key size should be")
async def test_a_short_rsa_key_is_not_used(verifier: TokenVerifier, provider: Provider) -> None:
    short = RSAKey.generate_key(1024, auto_kid=True)
    provider.keys = [public_jwk(short)]
    with pytest.raises(TokenRefused) as refusal:
        await verifier.verify(signed(short, claims(), alg="RS256", typ="JWT"))
    assert refusal.value.reason is RefusedBecause.UNKNOWN_KEY


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "account"},
        {"iss": ISSUER + "/"},
        {"preferred_username": None},
        {"realm_access": {"roles": ["offline_access"]}},
        {"realm_access": {"roles": ["lead", "agent"]}},
        {"realm_access": None},
        {"realm_access": "lead"},
    ],
)
async def test_a_token_that_does_not_say_enough_is_refused(verifier: TokenVerifier, changes: dict[str, Any]) -> None:
    with pytest.raises(TokenRefused):
        await verifier.verify(signed(KEY, claims(**changes), alg="RS256", typ="JWT"))


async def test_where_the_keys_are_is_asked_once(keys: OidcKeys, provider: Provider) -> None:
    await keys.fetch()
    await keys.fetch()
    assert provider.asked == ["/realms/desk/.well-known/openid-configuration", *["/realms/desk/keys"] * 2]


async def test_keys_that_have_moved_are_looked_for_again(keys: OidcKeys, provider: Provider) -> None:
    await keys.fetch()
    provider.keys_path = "/realms/desk/moved"
    with pytest.raises(OidcUnavailable):
        await keys.fetch()
    assert await keys.fetch()


async def test_another_issuers_discovery_is_not_believed(keys: OidcKeys, provider: Provider) -> None:
    provider.issuer = "https://evil.example"
    with pytest.raises(OidcUnavailable, match="another issuer's"):
        await keys.fetch()


@pytest.mark.parametrize("host", ["http://id.shop.example", "file://", "ftp://id.shop.example"])
async def test_keys_are_never_read_in_the_open(keys: OidcKeys, provider: Provider, host: str) -> None:
    provider.keys_host = host
    with pytest.raises(OidcUnavailable):
        await keys.fetch()
    assert provider.asked == ["/realms/desk/.well-known/openid-configuration"]


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(302, headers={"location": "https://evil.example"}),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"issuer": ISSUER}),
        httpx.Response(200, content=b" " * (DOCUMENT_BYTES_MAX + 1)),
    ],
)
async def test_a_document_that_is_none_is_refused(keys: OidcKeys, provider: Provider, answer: httpx.Response) -> None:
    provider.answer = answer
    with pytest.raises(OidcUnavailable):
        await keys.fetch()
    assert len(provider.asked) == 1


async def test_an_issuer_that_does_not_answer_is_away() -> None:
    async def silent(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectTimeout("", request=request)

    with pytest.raises(OidcUnavailable, match="ConnectTimeout"):
        await OidcKeys(ISSUER, httpx.AsyncClient(transport=httpx.MockTransport(silent))).fetch()
