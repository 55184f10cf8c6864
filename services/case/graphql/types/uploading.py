"""Bringing a file that goes along with an answer: what is asked, and what is answered."""

from __future__ import annotations

import strawberry
from strawberry import field

from services.case.graphql.inputs import KEY
from services.case.graphql.scalars import Url
from services.case.graphql.types.attachments import Attachment
from services.case.graphql.types.errors import UserError
from services.case.graphql.types.payloads import ERRORS


@strawberry.input
class AttachmentUploadInput:
    """A file that is to go along with an answer in a case."""

    case_id: strawberry.ID = field(description="The case.")
    name: str = field(description="How the customer is to see it called.")
    media_type: str = field(description="What it is; its content must not deny it.")
    size_bytes: int = field(description="How large it is.")
    sha256: str = field(description="Its SHA-256 in hexadecimal.")
    idempotency_key: str = field(description=KEY)


@strawberry.type
class UploadHeader:
    """A header to send with the file."""

    name: str = field(description="Its name.")
    value: str = field(description="Its value.")


@strawberry.type
class AttachmentUploadPayload:
    """The answer to `attachmentUpload`."""

    attachment: Attachment | None = field(
        default=None, description="The file; PENDING until it is brought and looked at, then READY or REFUSED."
    )
    upload_url: Url | None = field(
        default=None, description="Where to PUT its bytes, for a few minutes; the same key again gives a new link."
    )
    headers: list[UploadHeader] = field(default_factory=list, description="What to send with it.")
    errors: list[UserError] = field(default_factory=list, description=ERRORS)
