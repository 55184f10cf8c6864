"""AWS Signature Version 4, for stores that speak S3: which request it is, when, and by whose key."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import quote, urlsplit

ALGORITHM = "AWS4-HMAC-SHA256"
_SERVICE = "s3"


class Signer(NamedTuple):
    """Whose key it is, and for which region."""

    access_key: str
    secret_key: str
    region: str

    def __repr__(self) -> str:
        return f"Signer({self.region})"


def signed(
    signer: Signer, method: str, url: str, headers: Mapping[str, str], *, body: bytes, at: datetime
) -> dict[str, str]:
    """The headers of a request without a query, with those that sign it. All headers given are signed."""
    parts = urlsplit(url)
    digest = sha256(body).hexdigest()
    stamp = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    said = {name.lower(): value.strip() for name, value in headers.items()}
    said |= {"host": parts.netloc, "x-amz-content-sha256": digest, "x-amz-date": stamp}
    names = ";".join(sorted(said))
    canonical = "\n".join(
        (
            method,
            quote(parts.path or "/", safe="/%-_.~"),
            "",
            *(f"{name}:{said[name]}" for name in sorted(said)),
            "",
            names,
            digest,
        )
    )
    scope = f"{stamp[:8]}/{signer.region}/{_SERVICE}/aws4_request"
    to_sign = "\n".join((ALGORITHM, stamp, scope, sha256(canonical.encode()).hexdigest()))
    signature = hmac.new(_key(signer, stamp[:8]), to_sign.encode(), sha256).hexdigest()
    credential = f"{signer.access_key}/{scope}"
    said["authorization"] = f"{ALGORITHM} Credential={credential},SignedHeaders={names},Signature={signature}"
    return said


def _key(signer: Signer, day: str) -> bytes:
    key = f"AWS4{signer.secret_key}".encode()
    for step in (day, signer.region, _SERVICE, "aws4_request"):
        key = hmac.new(key, step.encode(), sha256).digest()
    return key
