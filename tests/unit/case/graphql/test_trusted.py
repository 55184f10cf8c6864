"""Trusted documents come from what clients' own compilers write; a file that cannot be used says which key and why."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from contracts.configuration import ConfigurationError, parse_configuration
from infra.configuration_file import read_configuration
from services.case.graphql.gate_rules import gate_rules
from services.case.graphql.trusted import known, read_trusted

DOCUMENT = "query Me { viewer { id } }"
ID = "sha256:" + hashlib.sha256(DOCUMENT.encode()).hexdigest()


def written(folder: Path, content: object) -> Path:
    file = folder / "documents.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return file


def test_ids_are_known_with_and_without_their_algorithm(tmp_path: Path) -> None:
    for name in (ID, ID.removeprefix("sha256:"), "d41d8cd98f00b204e9800998ecf8427e"):
        documents = read_trusted(written(tmp_path, {name: DOCUMENT}))
        assert known(documents, name) == DOCUMENT
        assert known(documents, "sha256:" + name.removeprefix("sha256:")) == DOCUMENT
        assert known(documents, "other") is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("no json", "cannot be read"),
        ("[]", "one JSON object"),
        ({"a": 1}, "one JSON object"),
        ({"a": "{ viewer "}, "is none"),
        ({ID: "{ viewer { kind } }"}, "another SHA-256"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_by_its_key(tmp_path: Path, content: object, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said) as failed:
        read_trusted(written(tmp_path, content))
    assert failed.value.key == "http.trusted_documents"


def test_only_trusted_documents_and_none_of_them_is_told_at_the_start() -> None:
    configuration = parse_configuration("[http]\ntrusted_only = true", {}, lambda place: place)
    with pytest.raises(ConfigurationError, match=r"http\.trusted_documents"):
        gate_rules(configuration.http)


def test_the_file_is_sought_beside_the_configuration(tmp_path: Path) -> None:
    written(tmp_path, {ID: DOCUMENT})
    file = tmp_path / "shop.toml"
    file.write_text('[http]\ntrusted_documents = "documents.json"\nintrospection = ["admin"]\n')
    rules = gate_rules(read_configuration(file, {}).http)
    assert known(rules.trusted, ID) == DOCUMENT
    assert [role.value for role in rules.introspection] == ["ADMIN"]


@pytest.mark.parametrize("wrong", ['introspection = ["boss"]', "cost_max = 1", "points_per_minute_max = 0", "gate = 1"])
def test_a_limit_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(ConfigurationError, match="http"):
        parse_configuration(f"[http]\n{wrong}", {}, lambda place: place)
