"""Is this token good, and whose is it? One wrapper around the JWT library, so that no check can be forgotten."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

import msgspec
from joserfc import jws, jwt
from joserfc.errors import BadSignatureError, ClaimError, ExpiredTokenError, JoseError
from joserfc.jwk import Key, RSAKey, import_key

from contracts.vocabulary import Role
from infra.issuer import ALGORITHM, AUDIENCE, ISSUER, TOKEN_TYPE

TOKEN_LENGTH_MAX = 8_192
LEEWAY_S_MAX = 60
KEYS_FRESH_S_MAX = 300
KEYS_STALE_S_MAX = 3_600
REFRESH_INTERVAL_S_MIN = 10
SUBJECT_LENGTH_MAX = 200
TOKENS_KEPT_MAX = 1_000
"""Of those that were found good: a signature costs more to verify than a screen's answer to send."""
KEY_TYPES = frozenset({"RSA", "EC", "OKP"})
RSA_BITS_MIN = 2_048


class RefusedBecause(StrEnum):
    """Why a token was refused: for our logs and tests, never for who sent it."""

    MALFORMED = "MALFORMED"
    ALGORITHM = "ALGORITHM"
    TYPE = "TYPE"
    UNKNOWN_KEY = "UNKNOWN_KEY"
    SIGNATURE = "SIGNATURE"
    CLAIMS = "CLAIMS"
    EXPIRED = "EXPIRED"
    ROLE = "ROLE"
    KEYS_UNAVAILABLE = "KEYS_UNAVAILABLE"


class TokenRefused(Exception):  # noqa: N818  (a refusal is an answer, not a fault)
    """The token is not good. Its text tells outsiders nothing; `reason` is for us."""

    def __init__(self, reason: RefusedBecause) -> None:
        super().__init__("the token was refused")
        self.reason = reason


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Whose token it is. `name` is what a screen may show, never a key. `scopes`: what it is for, of a machine's."""

    subject: str
    role: Role
    expires_at: datetime
    token_id: str | None = None
    name: str | None = None
    scopes: tuple[str, ...] = ()


class TokenRules(msgspec.Struct, frozen=True, kw_only=True):
    """What must be true of a token. `role_claim` and `subject_claim`: a claim's name, or a dotted path into one."""

    issuer: str
    audience: str
    algorithms: frozenset[str]
    types: frozenset[str]
    role_claim: str = "role"
    subject_claim: str = "sub"


EMBEDDED_RULES = TokenRules(
    issuer=ISSUER, audience=AUDIENCE, algorithms=frozenset({ALGORITHM}), types=frozenset({TOKEN_TYPE})
)


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The time now, in UTC."""
        ...


FetchKeys = Callable[[], Awaitable[Sequence[Mapping[str, Any]]]]
"""Reads the issuer's public keys as JWKs: `Issuer.public_keys`, or `OidcKeys.fetch`."""


class _Registry(jws.JWSRegistry):
    """The allow-list of algorithms is ours to hold: the library would also warn about `EdDSA`, which issuers still use.

    Header parameters that we do not know are ignored (RFC 7515 §4), those marked critical are refused.
    """

    def __init__(self, algorithms: frozenset[str]) -> None:
        super().__init__(algorithms=algorithms, strict_check_header=False)

    def get_alg(self, name: str) -> Any:
        """The algorithm of that name, if these rules allow it."""
        if name not in (self.allowed or ()) or name not in self.algorithms:
            raise TokenRefused(RefusedBecause.ALGORITHM)
        return self.algorithms[name]


class TokenVerifier:
    """Verifies tokens of one issuer with its public keys, which it keeps for a while."""

    def __init__(self, fetch_keys: FetchKeys, clock: Clock, rules: TokenRules = EMBEDDED_RULES) -> None:
        self._fetch_keys = fetch_keys
        self._clock = clock
        self._rules = rules
        self._registry = _Registry(rules.algorithms)
        self._keys: dict[str, Key] = {}
        self._fetched_at: datetime | None = None
        self._tried_at: datetime | None = None
        self._refreshing = asyncio.Lock()
        self._verified: OrderedDict[str, tuple[str, Key, Identity]] = OrderedDict()

    async def verify(self, token: str) -> Identity:
        """Whose token it is.

        Raises:
            TokenRefused: it is not good, or the issuer's keys cannot be had.
        """
        known = self._verified.get(token)
        if known is not None and self._still_good(*known):
            self._verified.move_to_end(token)
            return known[2]
        header = self._header(token)
        kid = header["kid"]
        key = await self._key(kid)
        identity = self._identity(self._verified_claims(token, key, header["alg"]))
        self._verified[token] = (kid, key, identity)
        if len(self._verified) > TOKENS_KEPT_MAX:
            self._verified.popitem(last=False)
        return identity

    def _still_good(self, kid: str, key: Key, identity: Identity) -> bool:
        """Whether what was found of a token holds still: not expired, and its key not fetched anew since."""
        fresh = self._keys.get(kid) is key and not self._keys_older_than(KEYS_FRESH_S_MAX)
        return fresh and self._clock.now() < identity.expires_at

    def _header(self, token: str) -> Mapping[str, Any]:
        """The header, before any signature is looked at: only to refuse early and to know which key to take."""
        if len(token) > TOKEN_LENGTH_MAX or not token.isascii():
            raise TokenRefused(RefusedBecause.MALFORMED)
        try:
            header = jws.extract_compact(token.encode(), registry=self._registry).headers()
        except (JoseError, ValueError, TypeError, RecursionError):
            raise TokenRefused(RefusedBecause.MALFORMED) from None
        algorithm = header.get("alg")
        if not isinstance(algorithm, str) or algorithm not in self._rules.algorithms:
            raise TokenRefused(RefusedBecause.ALGORITHM)
        kind = header.get("typ")
        if not isinstance(kind, str) or kind.lower().removeprefix("application/") not in self._rules.types:
            raise TokenRefused(RefusedBecause.TYPE)
        if not isinstance(header.get("kid"), str):
            raise TokenRefused(RefusedBecause.UNKNOWN_KEY)
        return header

    async def _key(self, kid: str) -> Key:
        if kid not in self._keys or self._keys_older_than(KEYS_FRESH_S_MAX):
            await self._refresh()
        if self._keys_older_than(KEYS_STALE_S_MAX):
            raise TokenRefused(RefusedBecause.KEYS_UNAVAILABLE)
        key = self._keys.get(kid)
        if key is None:
            raise TokenRefused(RefusedBecause.UNKNOWN_KEY)
        return key

    async def _refresh(self) -> None:
        """Fetch the keys anew, at most once in a while: unknown key ids are cheap to make up."""
        async with self._refreshing:
            if self._tried_just_now():
                return
            self._tried_at = self._clock.now()
            try:
                found = await self._fetch_keys()
            except Exception:  # noqa: BLE001  (whatever fails, the keys we have serve until they are stale)
                return
            self._keys = _usable(found)
            self._fetched_at = self._clock.now()

    def _keys_older_than(self, seconds: int) -> bool:
        return self._fetched_at is None or self._clock.now() - self._fetched_at > timedelta(seconds=seconds)

    def _tried_just_now(self) -> bool:
        interval = timedelta(seconds=REFRESH_INTERVAL_S_MIN)
        return self._tried_at is not None and self._clock.now() - self._tried_at < interval

    def _verified_claims(self, token: str, key: Key, algorithm: str) -> dict[str, Any]:
        try:
            key.check_alg(algorithm)
            claims = jwt.decode(token, key, registry=self._registry).claims
        except BadSignatureError:
            raise TokenRefused(RefusedBecause.SIGNATURE) from None
        except JoseError:
            raise TokenRefused(RefusedBecause.ALGORITHM) from None
        except (ValueError, TypeError, RecursionError):
            raise TokenRefused(RefusedBecause.MALFORMED) from None
        registry = jwt.JWTClaimsRegistry(
            now=int(self._clock.now().timestamp()),
            leeway=LEEWAY_S_MAX,
            iss={"essential": True, "value": self._rules.issuer},
            aud={"essential": True, "value": self._rules.audience},
            exp={"essential": True},
            iat={"essential": False},
        )
        try:
            registry.validate(claims)
        except ExpiredTokenError:
            raise TokenRefused(RefusedBecause.EXPIRED) from None
        except (ClaimError, OverflowError):
            raise TokenRefused(RefusedBecause.CLAIMS) from None
        return claims

    def _identity(self, claims: dict[str, Any]) -> Identity:
        subject = _claim(claims, self._rules.subject_claim)
        if not isinstance(subject, str) or not subject.strip() or len(subject) > SUBJECT_LENGTH_MAX:
            raise TokenRefused(RefusedBecause.CLAIMS)
        name, token_id = claims.get("name"), claims.get("jti")
        try:
            expires_at = datetime.fromtimestamp(claims["exp"], UTC)
        except (ValueError, OverflowError, OSError):
            raise TokenRefused(RefusedBecause.CLAIMS) from None
        return Identity(
            subject=subject,
            role=_role(_claim(claims, self._rules.role_claim)),
            expires_at=expires_at,
            token_id=token_id if isinstance(token_id, str) else None,
            name=name if isinstance(name, str) else None,
            scopes=_scopes(claims.get("scope")),
        )


def _usable(found: Sequence[Mapping[str, Any]]) -> dict[str, Key]:
    """The keys we can use by id; one that we do not understand does not spoil the others (RFC 7517 §5)."""
    keys: dict[str, Key] = {}
    for each in found:
        if each.get("kty") not in KEY_TYPES or each.get("use", "sig") != "sig" or not isinstance(each.get("kid"), str):
            continue
        try:
            key = import_key(dict(each))
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        if not (isinstance(key, RSAKey) and key.raw_value.key_size < RSA_BITS_MIN):
            keys[each["kid"]] = key
    return keys


def _scopes(claim: Any) -> tuple[str, ...]:
    """The words of a `scope` claim (RFC 8693 §4.2); some issuers give a list. Anything else names nothing."""
    words = claim.split() if isinstance(claim, str) else claim if isinstance(claim, list) else ()
    return tuple(sorted({word for word in words if isinstance(word, str)}))


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    """A claim by its name; failing that by its dotted path: `realm_access.roles`."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _role(value: Any) -> Role:
    """The one role a claim names, in any case of letters. Several of ours at once are refused: one token, one role."""
    named = value if isinstance(value, list) else [value]
    roles = {Role(each.upper()) for each in named if isinstance(each, str) and each.upper() in Role.__members__}
    if len(roles) != 1:
        raise TokenRefused(RefusedBecause.ROLE)
    return roles.pop()
