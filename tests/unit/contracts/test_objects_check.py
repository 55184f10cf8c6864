"""`[objects]` of the configuration is looked through before anything starts."""

from __future__ import annotations

import pytest

from contracts.configuration import ConfigurationError, configuration_digest, parse_configuration

S3 = '[objects.s3]\nendpoint = "{endpoint}"\nbucket = "b"\naccess_key = "k"\nsecret_key = "env:WORD"\n'


def nothing(_path: str) -> str:
    return ""


def test_without_the_table_files_lie_in_jetstream() -> None:
    objects = parse_configuration("", {}, nothing).objects
    assert (objects.store, objects.bytes_max, objects.link_seconds, objects.scanner) == (
        "jetstream",
        26214400,
        300,
        None,
    )


def test_the_word_of_the_bucket_comes_from_elsewhere_and_is_never_shown() -> None:
    text = '[objects]\nstore = "s3"\n' + S3.format(endpoint="https://s3.shop.example")
    one = parse_configuration(text, {"WORD": "open sesame"}, nothing)
    other = parse_configuration(text, {"WORD": "another"}, nothing)
    assert one.objects.s3 is not None
    assert one.objects.s3.secret_key == "open sesame"
    assert "sesame" not in repr(one)
    assert configuration_digest(one) == configuration_digest(other)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[objects]\nstore = "floppy"', "objects.store"),
        ("[objects]\nbytes_max = 0", "objects.bytes_max"),
        ("[objects]\nlink_seconds = 100000", "objects.link_seconds"),
        ("[objects]\nlinks = 1", "objects.links"),
        ('[objects]\nstore = "s3"', "objects.s3"),
        ('[objects]\npublic_url = "files"', "objects.public_url"),
        ('[objects]\npublic_url = "https://x/?a=b"', "objects.public_url"),
        (S3.format(endpoint="s3://x"), "objects.s3.endpoint"),
        (S3.format(endpoint="https://s3.shop.example"), "objects.s3.secret_key"),
        ('[objects.scanner]\nurl = "clamd://host"', "objects.scanner.url"),
        ('[objects.scanner]\nurl = "clamd://host:x"', "objects.scanner.url"),
        ('[objects.scanner]\nurl = "ftp://host"', "objects.scanner.url"),
    ],
)
def test_what_cannot_be_used_is_named(text: str, key: str) -> None:
    with pytest.raises(ConfigurationError) as found:
        parse_configuration(text, {}, nothing)
    assert found.value.key == key
