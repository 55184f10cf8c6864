"""What a stack tells its services before it starts them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from services.console.stack import compiled_folder


def test_all_stacks_share_what_is_compiled_unless_it_cannot_be_kept_with_the_libraries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    assert compiled_folder(one) == compiled_folder(other)
    assert compiled_folder(one).is_relative_to(sys.prefix)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "not there"))
    assert compiled_folder(one).is_relative_to(one)
