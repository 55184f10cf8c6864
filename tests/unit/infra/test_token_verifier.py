"""Who comes in, and everybody who does not."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import OctKey

from contracts.vocabulary import Role
from infra.token_verifier import (
    KEYS_FRESH_S_MAX,
    KEYS_STALE_S_MAX,
    REFRESH_INTERVAL_S_MIN,
    TOKEN_LENGTH_MAX,
    RefusedBecause,
    TokenRefused,
    TokenVerifier,
)
from tests.support.tokens import KeySource, SetClock, good_claims, new_key, part, public_jwk, signed

KEY = new_key()
OTHER_KEY = new_key()
NO_HEADERS: list[Any] = [[], "text", 7, None]


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def source() -> KeySource:
    return KeySource(KEY)


@pytest.fixture
def verifier(source: KeySource, clock: SetClock) -> TokenVerifier:
    return TokenVerifier(source.fetch, clock)


async def refused(verifier: TokenVerifier, token: str) -> RefusedBecause:
    with pytest.raises(TokenRefused) as refusal:
        await verifier.verify(token)
    assert str(refusal.value) == "the token was refused"
    assert refusal.value.__cause__ is None
    return refusal.value.reason


async def test_a_good_token_says_whose_it_is(verifier: TokenVerifier) -> None:
    identity = await verifier.verify(signed(KEY, good_claims(name="Anna Voorbeeld")))
    assert (identity.subject, identity.role, identity.name) == ("anna", Role.AGENT, "Anna Voorbeeld")
    assert identity.token_id == "token-1"
    assert identity.expires_at.timestamp() == good_claims()["exp"]


@pytest.mark.parametrize(
    ("claim", "scopes"), [("READ ADD_NOTE READ", ("ADD_NOTE", "READ")), (["READ", 7], ("READ",)), (None, ()), (1, ())]
)
async def test_scopes_are_words_in_a_text_or_a_list(
    verifier: TokenVerifier, claim: Any, scopes: tuple[str, ...]
) -> None:
    assert (await verifier.verify(signed(KEY, good_claims(scope=claim)))).scopes == scopes


@pytest.mark.parametrize("role", list(Role))
async def test_each_role_is_known(verifier: TokenVerifier, role: Role) -> None:
    assert (await verifier.verify(signed(KEY, good_claims(role=role.value)))).role is role


async def test_one_of_several_audiences_suffices(verifier: TokenVerifier) -> None:
    assert await verifier.verify(signed(KEY, good_claims(aud=["other", "eender"])))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"aud": "elsewhere"}, RefusedBecause.CLAIMS),
        ({"aud": ["elsewhere"]}, RefusedBecause.CLAIMS),
        ({"aud": {"eender": 1}}, RefusedBecause.CLAIMS),
        ({"aud": None}, RefusedBecause.CLAIMS),
        ({"aud": []}, RefusedBecause.CLAIMS),
        ({"iss": "https://evil.example"}, RefusedBecause.CLAIMS),
        ({"iss": ["eender"]}, RefusedBecause.CLAIMS),
        ({"iss": None}, RefusedBecause.CLAIMS),
        ({"exp": None}, RefusedBecause.CLAIMS),
        ({"exp": "2999-01-01"}, RefusedBecause.CLAIMS),
        ({"exp": True}, RefusedBecause.CLAIMS),
        ({"exp": 10**30}, RefusedBecause.CLAIMS),
        ({"nbf": good_claims()["exp"]}, RefusedBecause.CLAIMS),
        ({"iat": good_claims()["exp"]}, RefusedBecause.CLAIMS),
        ({"sub": None}, RefusedBecause.CLAIMS),
        ({"sub": " "}, RefusedBecause.CLAIMS),
        ({"sub": 7}, RefusedBecause.CLAIMS),
        ({"sub": "x" * 201}, RefusedBecause.CLAIMS),
        ({"role": None}, RefusedBecause.ROLE),
        ({"role": "OWNER"}, RefusedBecause.ROLE),
        ({"role": ["AGENT", "LEAD"]}, RefusedBecause.ROLE),
        ({"role": {"AGENT": True}}, RefusedBecause.ROLE),
    ],
)
async def test_a_wrong_or_missing_claim_is_refused(
    verifier: TokenVerifier, changes: dict[str, Any], reason: RefusedBecause
) -> None:
    assert await refused(verifier, signed(KEY, good_claims(**changes))) is reason


async def test_an_expired_token_is_refused_after_the_leeway(verifier: TokenVerifier, clock: SetClock) -> None:
    token = signed(KEY, good_claims())
    clock.pass_by(3_600 + 59)
    assert await verifier.verify(token)
    clock.pass_by(1)
    assert await refused(verifier, token) is RefusedBecause.EXPIRED


@pytest.mark.parametrize("name", ["none", "None", "NONE"])
async def test_a_token_without_a_signature_is_refused(verifier: TokenVerifier, name: str) -> None:
    header = {"alg": name, "kid": KEY.kid, "typ": "at+jwt"}
    assert await refused(verifier, f"{part(header)}.{part(good_claims())}.") is RefusedBecause.ALGORITHM
    signature = signed(KEY, good_claims()).rsplit(".", 1)[1]
    assert await refused(verifier, f"{part(header)}.{part(good_claims())}.{signature}") is RefusedBecause.ALGORITHM


async def test_the_public_key_is_no_shared_secret(verifier: TokenVerifier) -> None:
    header = part({"alg": "HS256", "kid": KEY.kid, "typ": "at+jwt"})
    signing_input = f"{header}.{part(good_claims())}"
    secrets = (KEY.as_pem(private=False), json.dumps(public_jwk(KEY)).encode(), str(public_jwk(KEY)["x"]).encode())
    for secret in secrets:
        signature = part(hmac.new(secret, signing_input.encode(), hashlib.sha256).digest())
        assert await refused(verifier, f"{signing_input}.{signature}") is RefusedBecause.ALGORITHM


@pytest.mark.parametrize(
    "algorithm", ["EdDSA", "RS256", "ES256", "PS512", "Ed448", "HS512", "dir", "", None, 7, ["Ed25519"]]
)
async def test_an_algorithm_that_is_not_on_the_list_is_refused(verifier: TokenVerifier, algorithm: Any) -> None:
    header = part({"alg": algorithm, "kid": KEY.kid, "typ": "at+jwt"})
    signature = signed(KEY, good_claims()).rsplit(".", 1)[1]
    assert await refused(verifier, f"{header}.{part(good_claims())}.{signature}") in {
        RefusedBecause.ALGORITHM,
        RefusedBecause.MALFORMED,
    }


@pytest.mark.parametrize("kind", ["JWT", "id+jwt", "", None])
async def test_a_token_of_another_type_is_refused(verifier: TokenVerifier, kind: str | None) -> None:
    assert await refused(verifier, signed(KEY, good_claims(), typ=kind)) is RefusedBecause.TYPE


async def test_a_key_that_nobody_published_is_refused(verifier: TokenVerifier) -> None:
    assert await refused(verifier, signed(OTHER_KEY, good_claims())) is RefusedBecause.UNKNOWN_KEY
    assert await refused(verifier, signed(KEY, good_claims(), kid=None)) is RefusedBecause.UNKNOWN_KEY


async def test_a_key_that_comes_along_in_the_header_is_not_believed(verifier: TokenVerifier) -> None:
    token = signed(OTHER_KEY, good_claims(), kid=KEY.kid, jwk=public_jwk(OTHER_KEY))
    assert await refused(verifier, token) is RefusedBecause.SIGNATURE


async def test_another_keys_signature_under_a_known_id_is_refused(verifier: TokenVerifier) -> None:
    assert await refused(verifier, signed(OTHER_KEY, good_claims(), kid=KEY.kid)) is RefusedBecause.SIGNATURE


async def test_a_changed_claim_breaks_the_signature(verifier: TokenVerifier) -> None:
    header, _, signature = signed(KEY, good_claims()).split(".")
    changed = f"{header}.{part(good_claims(role='ADMIN'))}.{signature}"
    assert await refused(verifier, changed) is RefusedBecause.SIGNATURE


@pytest.mark.parametrize(
    "text",
    ["", ".", "..", "a.b", "a.b.c", "Bearer x.y.z", "é.b.c", "x" * (TOKEN_LENGTH_MAX + 1), "a.b.c.d.e"]
    + [f"{part(header)}.{part({})}.{part(b'x')}" for header in NO_HEADERS],
)
async def test_what_is_no_token_is_refused(verifier: TokenVerifier, text: str) -> None:
    assert await refused(verifier, text) in {RefusedBecause.MALFORMED, RefusedBecause.ALGORITHM}


@pytest.mark.parametrize("payload", [b"[]", b'"text"', b"\xff", b"{", b"[" * 3_000])
async def test_a_signed_body_that_is_no_object_is_refused(verifier: TokenVerifier, payload: bytes) -> None:
    header: dict[str, Any] = {"alg": "Ed25519", "kid": KEY.kid, "typ": "at+jwt"}
    token = jws.serialize_compact(header, payload, KEY, algorithms=["Ed25519"])
    with pytest.raises(TokenRefused):
        await verifier.verify(token)


async def test_an_unknown_critical_header_is_refused(verifier: TokenVerifier) -> None:
    header, body, signature = signed(KEY, good_claims()).split(".")
    critical = part({"alg": "Ed25519", "kid": KEY.kid, "typ": "at+jwt", "crit": ["x-odd"], "x-odd": 1})
    with pytest.raises(TokenRefused):
        await verifier.verify(f"{critical}.{body}.{signature}")
    assert header != critical


async def test_the_keys_are_kept_for_a_while(verifier: TokenVerifier, source: KeySource, clock: SetClock) -> None:
    for _ in range(5):
        await verifier.verify(signed(KEY, good_claims()))
    assert source.asked == 1
    clock.pass_by(KEYS_FRESH_S_MAX + 1)
    await verifier.verify(signed(KEY, good_claims()))
    assert source.asked == 2


async def test_a_token_that_was_good_is_verified_again_only_with_keys_that_were_fetched_anew(
    verifier: TokenVerifier, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[Any] = []
    verify = verifier._verified_claims

    def counted(*what: Any) -> dict[str, Any]:
        verified.append(what)
        return verify(*what)

    monkeypatch.setattr(verifier, "_verified_claims", counted)
    token = signed(KEY, good_claims(exp=good_claims()["exp"] * 2))
    found = [await verifier.verify(token) for _ in range(3)]
    assert (found[0], len(verified)) == (found[2], 1)
    clock.pass_by(KEYS_FRESH_S_MAX + 1)
    assert await verifier.verify(token) == found[0]
    assert len(verified) == 2


async def test_a_new_key_is_found_at_once(verifier: TokenVerifier, source: KeySource, clock: SetClock) -> None:
    await verifier.verify(signed(KEY, good_claims()))
    clock.pass_by(REFRESH_INTERVAL_S_MIN)
    source.keys.append(public_jwk(OTHER_KEY))
    assert await verifier.verify(signed(OTHER_KEY, good_claims()))


async def test_made_up_key_ids_do_not_make_us_ask_again_and_again(verifier: TokenVerifier, source: KeySource) -> None:
    for number in range(50):
        assert await refused(verifier, signed(OTHER_KEY, good_claims(), kid=f"made-up-{number}"))
    assert source.asked == 1


async def test_a_withdrawn_key_no_longer_counts(verifier: TokenVerifier, source: KeySource, clock: SetClock) -> None:
    token = signed(KEY, good_claims(exp=good_claims()["exp"] * 2))
    await verifier.verify(token)
    source.keys = [public_jwk(OTHER_KEY)]
    clock.pass_by(KEYS_FRESH_S_MAX + 1)
    assert await refused(verifier, token) is RefusedBecause.UNKNOWN_KEY


async def test_an_issuer_that_is_away_is_borne_with_for_a_while(
    verifier: TokenVerifier, source: KeySource, clock: SetClock
) -> None:
    token = signed(KEY, good_claims(exp=good_claims()["exp"] * 2))
    await verifier.verify(token)
    source.failing = True
    clock.pass_by(KEYS_STALE_S_MAX - 1)
    assert await verifier.verify(token)
    clock.pass_by(2)
    assert await refused(verifier, token) is RefusedBecause.KEYS_UNAVAILABLE
    source.failing = False
    clock.pass_by(REFRESH_INTERVAL_S_MIN)
    assert await verifier.verify(token)


async def test_an_issuer_that_was_never_reached_lets_nobody_in(verifier: TokenVerifier, source: KeySource) -> None:
    source.failing = True
    assert await refused(verifier, signed(KEY, good_claims())) is RefusedBecause.KEYS_UNAVAILABLE


async def test_a_published_key_that_makes_no_sense_spoils_no_other(verifier: TokenVerifier, source: KeySource) -> None:
    secret = OctKey.generate_key(256).as_dict(private=True) | {"kid": "shared"}
    source.keys = [
        {"kty": "AKP", "kid": "from-the-future"},
        {"kty": "OKP", "kid": "half"},
        {"kty": "EC", "crv": "P-999", "x": "AA", "y": "AA", "kid": "odd-curve"},
        public_jwk(OTHER_KEY) | {"kid": 7},
        public_jwk(OTHER_KEY) | {"kid": "for-encryption", "use": "enc"},
        dict(secret),
        *source.keys,
    ]
    assert await verifier.verify(signed(KEY, good_claims()))
    assert verifier._keys.keys() == {KEY.kid}


async def test_a_key_for_another_algorithm_is_not_used(verifier: TokenVerifier, source: KeySource) -> None:
    source.keys = [public_jwk(KEY) | {"alg": "EdDSA"}]
    assert await refused(verifier, signed(KEY, good_claims())) is RefusedBecause.ALGORITHM
