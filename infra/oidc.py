"""An OIDC issuer of the installation's own: where its public keys are, and what its tokens must look like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import httpx
import msgspec

from contracts.hosts import is_secure
from infra.token_verifier import TokenRules

DISCOVERY_PATH = "/.well-known/openid-configuration"
FETCH_TIMEOUT_S_MAX = 5.0
DOCUMENT_BYTES_MAX = 262_144
KEYS_MAX = 64

ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"}
)
"""Asymmetric ones only: a public key must never serve as a shared secret."""
TYPES = frozenset({"at+jwt", "jwt"})


class OidcUnavailable(Exception):  # noqa: N818  (says what is the case)
    """The issuer's documents could not be had, or are not what they must be."""


def oidc_rules(issuer: str, audience: str, role_claim: str, subject_claim: str = "sub") -> TokenRules:
    """The rules for tokens of an issuer that is not ours."""
    return TokenRules(
        issuer=issuer,
        audience=audience,
        algorithms=ALGORITHMS,
        types=TYPES,
        role_claim=role_claim,
        subject_claim=subject_claim,
    )


class _Discovery(msgspec.Struct):
    issuer: str
    jwks_uri: str


class _KeyDocument(msgspec.Struct):
    keys: list[dict[str, Any]]


class OidcKeys:
    """Finds and reads an issuer's public keys. `client` is shared and closed by its owner."""

    def __init__(self, issuer: str, client: httpx.AsyncClient) -> None:
        self._issuer = issuer
        self._client = client
        self._keys_url: str | None = None

    async def fetch(self) -> Sequence[Mapping[str, Any]]:
        """The public keys as JWKs.

        Raises:
            OidcUnavailable: they could not be had.
        """
        if self._keys_url is None:
            self._keys_url = await self._discover()
        try:
            document = msgspec.json.decode(await self._read(self._keys_url), type=_KeyDocument)
        except (msgspec.MsgspecError, OidcUnavailable):
            self._keys_url = None  # it may have moved: the next time, ask where it is
            raise OidcUnavailable("the issuer's keys could not be read") from None
        return document.keys[:KEYS_MAX]

    async def _discover(self) -> str:
        url = self._issuer.rstrip("/") + DISCOVERY_PATH
        try:
            document = msgspec.json.decode(await self._read(url), type=_Discovery)
        except msgspec.MsgspecError:
            raise OidcUnavailable("the issuer's discovery document could not be read") from None
        if document.issuer != self._issuer:
            raise OidcUnavailable("the discovery document is another issuer's")
        return document.jwks_uri

    async def _read(self, url: str) -> bytes:
        """One document, over TLS unless it comes from this very machine; never following a redirect."""
        if not is_secure(url):
            raise OidcUnavailable("an issuer's documents are read by https only")
        try:
            async with self._client.stream("GET", url, timeout=FETCH_TIMEOUT_S_MAX, follow_redirects=False) as response:
                if response.status_code != httpx.codes.OK:
                    raise OidcUnavailable(f"the issuer answered {response.status_code}")
                return await _limited(response)
        except httpx.HTTPError as error:
            raise OidcUnavailable(f"the issuer does not answer: {type(error).__name__}") from None


async def _limited(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > DOCUMENT_BYTES_MAX:
            raise OidcUnavailable("the issuer's document is too long")
    return bytes(body)
