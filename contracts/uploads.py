"""How a file is brought that is to go along with a reply: what its signed link says, and which type it has."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.attachments import UNKNOWN_MEDIA_TYPE

SHA256_HEADER = "X-Eender-Sha256"
"""Of the request that brings a file: the hash it must have, in hexadecimal."""

OPEN_MAX = 20
"""Files of one case that were asked for and go along with no reply yet."""

_ZIPPED = (
    "application/vnd.openxmlformats-officedocument.",
    "application/vnd.oasis.opendocument.",
    "application/epub+zip",
)
_OLE = frozenset({"application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"})
_CONTAINERS = {
    "video/mp4": frozenset({"audio/mp4"}),
    "audio/ogg": frozenset({"video/ogg", "application/ogg"}),
    "video/webm": frozenset({"audio/webm"}),
}


class UploadTicket(msgspec.Struct, frozen=True):
    """What a link to bring a file is good for: this file, in this case, whose customer's key it is sealed under."""

    attachment_id: UUID
    case_id: UUID
    customer_id: UUID
    size_bytes: int
    sha256: str
    media_type: str

    def parts(self) -> tuple[str, ...]:
        """What is signed, in order."""
        ids = (str(self.attachment_id), str(self.case_id), str(self.customer_id))
        return (*ids, str(self.size_bytes), self.sha256, self.media_type)


def agreed_type(found: str, said: str) -> str | None:
    """What a file is, by its content and what was said of it; None where one denies the other.

    Where the content tells a container only (an archive, a film), what was said tells what is in it.
    """
    if said in {found, UNKNOWN_MEDIA_TYPE}:
        return found
    fits = (
        (found == "application/zip" and said.startswith(_ZIPPED))
        or (found == "application/x-ole-storage" and said in _OLE)
        or said in _CONTAINERS.get(found, frozenset())
    )
    return said if fits else None
