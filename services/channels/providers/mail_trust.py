"""Whether our own mail server says that a mail comes from the domain it claims (Authentication-Results, RFC 8601)."""

from __future__ import annotations

import re

from services.channels.providers.mail_charsets import header_text
from services.channels.providers.mail_headers import Headers, addresses

_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"\s*(dmarc|spf|dkim)\s*=\s*pass\b(.*)", re.IGNORECASE | re.DOTALL)
_PROPERTY = re.compile(
    r"(header\.from|header\.d|header\.i|smtp\.mailfrom|smtp\.mail)\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE
)


def is_vouched_for(headers: Headers, authserv_id: str | None) -> bool:
    """Whether DMARC passed, or SPF or DKIM for the very domain of the one sender.

    Only the topmost results of that server count: it adds its own above whatever came with the mail, and takes out
    what claims to be its own.
    """
    senders = addresses(headers, "from")
    if authserv_id is None or len(senders) != 1:
        return False
    domain = senders[0].key.rpartition("@")[2]
    for value in headers.get("authentication-results", ()):
        said = _COMMENT.sub(" ", _COMMENT.sub(" ", header_text(value)))
        server, *results = said.split(";")
        if server.split()[:1] and server.split()[0].lower() == authserv_id.lower():
            return any(_passes(result, domain) for result in results)
    return False


def _passes(result: str, domain: str) -> bool:
    found = _RESULT.match(result)
    if found is None:
        return False
    named = {name.lower(): value.rpartition("@")[2].lower() for name, value in _PROPERTY.findall(found[2])}
    return any(_aligned(domain, other) for other in named.values())


def _aligned(domain: str, other: str) -> bool:
    return "." in other and (domain == other or domain.endswith(f".{other}") or other.endswith(f".{domain}"))
