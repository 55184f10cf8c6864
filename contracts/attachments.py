"""What every service knows of files that come along: their ids, their names as they may be shown, how they travel."""

from __future__ import annotations

import re
from uuid import UUID

from contracts.vocabulary import id_of

NAME_LENGTH_MAX = 200
UNKNOWN_MEDIA_TYPE = "application/octet-stream"
PATH = "/attachments"
"""Of the front door: where files are fetched and brought."""

_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f/\\:*?\"<>|\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,48}/[a-z0-9*][a-z0-9!#$&^_.+*-]{0,48}", re.ASCII)


def attachment_id_of(contact_id: UUID, number: int) -> UUID:
    """The id of a file that came with a contact: its place among them, from 0."""
    return id_of("attachment", str(contact_id), str(number))


def file_name(written: str | None) -> str | None:
    """A name as it may be shown and saved: no path, nothing that tricks a reader or a shell; None where none is left.

    Its end is what is kept of a long one, since that says what it is.
    """
    name = _UNSAFE.sub("_", (written or "").replace("\\", "/").rpartition("/")[2]).strip(" .")
    return name[-NAME_LENGTH_MAX:].lstrip(" .") or None


def media_type(written: str | None) -> str:
    """A media type as it may be shown: lower case, without parameters; unknown where it is none."""
    bare = (written or "").partition(";")[0].strip().lower()
    return bare if _MEDIA_TYPE.fullmatch(bare) else UNKNOWN_MEDIA_TYPE
