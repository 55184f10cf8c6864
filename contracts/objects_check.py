"""Looking through `[objects]` of the configuration: what no single value shows."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from contracts.object_store import Objects

SCANNERS = ("clamd", "http", "https")


def objects_complaint(objects: Objects) -> tuple[str, str] | None:
    """The key at fault and what was expected there; None where everything can be used."""
    if objects.public_url is not None and not _is_base(objects.public_url):
        return "objects.public_url", "expected a URL such as https://files.shop.example, without a query"
    if objects.store == "s3" and objects.s3 is None:
        return "objects.s3", "missing: where the bucket is"
    if objects.s3 is not None and not _is_base(objects.s3.endpoint):
        return "objects.s3.endpoint", "expected a URL such as https://s3.eu-west-1.example, without a query"
    if objects.scanner is not None and not _is_scanner(objects.scanner.url):
        return "objects.scanner.url", "expected clamd://host:port, or an http:// or https:// URL"
    return None


def _is_base(url: str) -> bool:
    parts = _split(url)
    return parts is not None and parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.query


def _is_scanner(url: str) -> bool:
    parts = _split(url)
    if parts is None or parts.scheme not in SCANNERS or not parts.hostname:
        return False
    return parts.scheme != "clamd" or (parts.port is not None and parts.path in {"", "/"})


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts
