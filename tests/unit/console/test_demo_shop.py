"""The demo's shop is the same for the same seed, and its folder is never one with somebody's data."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.configuration import parse_configuration
from contracts.vocabulary import Channel
from services.console.demo_folder import demo_configuration, prepare
from services.console.demo_shop import SHOPS, configuration_text, writers
from services.console.failure import CommandFailed


def test_the_same_seed_makes_the_same_shop_and_another_seed_another() -> None:
    assert writers(7) == writers(7)
    assert writers(7) != writers(8)


@pytest.mark.parametrize("seed", range(20))
def test_nobody_shares_an_address_or_a_number(seed: int) -> None:
    everybody = writers(seed)
    assert len({writer.email for writer in everybody}) == len(everybody)
    assert len({writer.number for writer in everybody}) == len(everybody)
    assert {writer.channel for writer in everybody} == {"form", "whatsapp"}


def test_its_configuration_is_one_and_its_secrets_are_its_own() -> None:
    one, other = (parse_configuration(configuration_text(), {}, str) for _ in range(2))
    assert [len(shop.agents) for shop in SHOPS] == [3, 4, 2, 12]
    assert len(one.agents) == 21
    assert "http://localhost:5173" in one.http.allowed_origins, "docs/api/start.md says so"
    accounts = [each.account(Channel.WHATSAPP, "shop-line") for each in (one, other)]
    assert accounts[0] is not None
    assert accounts[1] is not None
    assert accounts[0].secrets != accounts[1].secrets


def test_a_folder_with_data_is_never_filled(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    with pytest.raises(CommandFailed, match="holds data already"):
        prepare(tmp_path, 1)
    assert not demo_configuration(tmp_path).exists()


def test_an_unfinished_demo_may_be_finished(tmp_path: Path) -> None:
    prepare(tmp_path, 1)
    before = demo_configuration(tmp_path).read_text()
    (tmp_path / "postgres").mkdir()
    prepare(tmp_path, 1)
    assert demo_configuration(tmp_path).read_text() == before
