"""The Merkle tree: the known answers of RFC 6962's tests, and another implementation as oracle."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree  # type: ignore[import-untyped]  # it publishes no types

from infra.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_path,
    consistency_spans,
    full_root,
    inclusion_path,
    inclusion_spans,
    leaf_hash,
    root_of,
    span_root,
    verify_consistency,
    verify_inclusion,
)

ENTRIES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
"""Of Certificate Transparency's own tests (merkletree/merkle_tree_test.cc), as are the roots and paths below."""
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]
INCLUSION = {
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENCY = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}


def some_leaves(count: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(count)]


def test_the_empty_tree_has_the_root_of_the_specification() -> None:
    assert Frontier().root() == root_of([]) == EMPTY_ROOT == sha256(b"").digest()


def test_roots_are_those_of_the_specification() -> None:
    frontier = Frontier()
    for size, root in enumerate(ROOTS, start=1):
        frontier.append(LEAVES[size - 1])
        assert frontier.root().hex() == root_of(LEAVES[:size]).hex() == root
        assert frontier.size == size


@pytest.mark.parametrize(("place", "path"), INCLUSION.items())
def test_inclusion_paths_are_those_of_the_specification(place: tuple[int, int], path: list[str]) -> None:
    index, size = place
    found = inclusion_path(LEAVES[:size], index)
    assert [step.hex() for step in found] == path
    assert verify_inclusion(LEAVES[index], index, size, found, bytes.fromhex(ROOTS[size - 1]))


@pytest.mark.parametrize(("sizes", "path"), CONSISTENCY.items())
def test_consistency_paths_are_those_of_the_specification(sizes: tuple[int, int], path: list[str]) -> None:
    old, new = sizes
    found = consistency_path(LEAVES[:new], old)
    assert [step.hex() for step in found] == path
    assert verify_consistency(old, new, found, bytes.fromhex(ROOTS[old - 1]), bytes.fromhex(ROOTS[new - 1]))


def test_another_implementation_finds_the_same_roots_and_accepts_the_same_paths() -> None:
    oracle = InmemoryTree(algorithm="sha256")
    for number in range(70):
        oracle.append_entry(str(number).encode())
    leaves = some_leaves(70)
    for size in range(1, 71):
        assert oracle.get_root(size) == root_of(leaves[:size])
        for index in {0, size // 2, size - 1}:
            theirs = oracle.prove_inclusion(index + 1, size).path
            assert list(theirs[1:]) == inclusion_path(leaves[:size], index)


def test_every_leaf_of_every_small_tree_is_shown_and_every_tree_in_every_later_one() -> None:
    leaves = some_leaves(40)
    roots = [root_of(leaves[:size]) for size in range(41)]
    for size in range(1, 41):
        for index in range(size):
            path = inclusion_path(leaves[:size], index)
            assert verify_inclusion(leaves[index], index, size, path, roots[size])
            assert not verify_inclusion(leaves[index], index, size, path, roots[size - 1])
            assert not verify_inclusion(leaves[index] if size == 1 else roots[0], index, size + 1, path, roots[size])
        for old in range(1, size + 1):
            path = consistency_path(leaves[:size], old)
            assert verify_consistency(old, size, path, roots[old], roots[size])
            assert not verify_consistency(old, size, [*path, roots[0]], roots[old], roots[size])


@given(st.integers(1, 200), st.data())
def test_a_path_with_any_bit_changed_shows_nothing(size: int, data: st.DataObject) -> None:
    leaves = some_leaves(size)
    index = data.draw(st.integers(0, size - 1))
    path = inclusion_path(leaves, index)
    root = root_of(leaves)
    if path:
        step, bit = data.draw(st.integers(0, len(path) - 1)), data.draw(st.integers(0, 255))
        path[step] = (int.from_bytes(path[step], "big") ^ 1 << bit).to_bytes(32, "big")
        assert not verify_inclusion(leaves[index], index, size, path, root)
    old = data.draw(st.integers(1, size))
    steps = consistency_path(leaves, old)
    if steps:
        step, bit = data.draw(st.integers(0, len(steps) - 1)), data.draw(st.integers(0, 255))
        steps[step] = (int.from_bytes(steps[step], "big") ^ 1 << bit).to_bytes(32, "big")
        assert not verify_consistency(old, size, steps, root_of(leaves[:old]), root)


@given(st.integers(0, 300))
def test_a_root_comes_out_of_full_subtrees_alone(size: int) -> None:
    leaves = some_leaves(size)

    def node(level: int, index: int) -> bytes:
        return full_root(leaves[index << level : (index + 1) << level])

    assert span_root((0, size), node) == root_of(leaves)


def test_what_no_tree_holds_is_refused() -> None:
    for index, size in ((-1, 3), (3, 3), (0, 0)):
        with pytest.raises(ValueError, match="no leaf"):
            inclusion_spans(index, size)
        assert not verify_inclusion(EMPTY_ROOT, index, size, [], EMPTY_ROOT)
    for old, new in ((0, 3), (4, 3)):
        with pytest.raises(ValueError, match="not the beginning"):
            consistency_spans(old, new)
        assert not verify_consistency(old, new, [], EMPTY_ROOT, EMPTY_ROOT)
    assert not verify_consistency(2, 3, [], EMPTY_ROOT, EMPTY_ROOT)
