"""Requests are signed as S3's documents sign them."""

from __future__ import annotations

from datetime import UTC, datetime

from infra.objects.aws_signature import Signer, signed

DOCUMENTED = Signer("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1")
"""The example of the documents: nobody's key."""


def test_the_documented_request_gets_the_documented_signature() -> None:
    headers = signed(
        DOCUMENTED,
        "GET",
        "https://examplebucket.s3.amazonaws.com/test.txt",
        {"Range": "bytes=0-9"},
        body=b"",
        at=datetime(2013, 5, 24, tzinfo=UTC),
    )
    assert headers["authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
        "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
        "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    )
    assert DOCUMENTED.secret_key not in repr(DOCUMENTED)
