"""What an installation says of the files that come along: where they lie, who looks into them, how they go out."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

OBJECT_BYTES_MAX_DEFAULT = 25 * 1024 * 1024
BUCKET_BYTES_MAX_DEFAULT = 4 * 1024**3
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class S3(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A bucket of a store that speaks S3. `secret_key` is resolved and never shown."""

    endpoint: str
    bucket: Name
    access_key: Name
    secret_key: Name
    region: Name = "us-east-1"

    def __repr__(self) -> str:
        return f"S3({self.endpoint}, {self.bucket})"


class Scanner(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Who looks into files before anybody gets them. `url`: `clamd://host:port`, or `http(s)://…` to post them to."""

    url: str


class Objects(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Files that come along: where they lie, sealed, and how they are handed out.

    `store`: `jetstream`, or `s3` with `[objects.s3]`. `bytes_max`: of one file; `bucket_bytes_max`: of all of them in
    JetStream, when its bucket is made. `public_url`: where desks reach the front door; None: they get
    no links. `refused_types`: media types that are not kept, besides programs and scripts. `upload_hours`: how
    long a file waits that was brought and goes along with no reply.
    """

    store: Literal["jetstream", "s3"] = "jetstream"
    bytes_max: Annotated[int, msgspec.Meta(ge=1, le=100 * 1024 * 1024)] = OBJECT_BYTES_MAX_DEFAULT
    bucket_bytes_max: Annotated[int, msgspec.Meta(ge=1024 * 1024)] = BUCKET_BYTES_MAX_DEFAULT
    link_seconds: Annotated[int, msgspec.Meta(ge=10, le=3600)] = 300
    public_url: str | None = None
    refused_types: tuple[Name, ...] = ()
    upload_hours: Annotated[int, msgspec.Meta(ge=1, le=24 * 7)] = 24
    s3: S3 | None = None
    scanner: Scanner | None = None
