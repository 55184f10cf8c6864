"""By what somebody on the web is known to us: a site, and an author's name on it."""

from __future__ import annotations

from urllib.parse import urlsplit

WEB_NAME_LENGTH_MAX = 200


def site_of(url: str | None) -> str | None:
    """Whose site an address belongs to, without its `www.`; None where it is no address."""
    try:
        host = urlsplit(url or "").hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None
