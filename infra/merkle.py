"""The Merkle tree of RFC 6962 (and RFC 9162): roots, and proofs that a leaf is in a tree and one tree in another.

Pure. Hashes are 32 bytes; indexes of leaves begin at 0. Only subtrees that are full are ever named: the node of
`level` n and `index` i is the root over the leaves from i * 2^n up to (i + 1) * 2^n, and never changes once it is full.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256

HASH_BYTES = 32
LEAF_PREFIX = b"\x00"
NODE_PREFIX = b"\x01"
EMPTY_ROOT = sha256(b"").digest()

Span = tuple[int, int]
"""Leaves from the first number up to, and without, the second."""
Node = Callable[[int, int], bytes]
"""The hash of a full subtree by level and index."""


def leaf_hash(entry: bytes) -> bytes:
    """The leaf over an entry; the entries of our logs are the hashes of facts."""
    return sha256(LEAF_PREFIX + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The node over two."""
    return sha256(NODE_PREFIX + left + right).digest()


class Frontier:
    """A tree that only grows and keeps no more than it needs for its root: the full subtrees along its right edge."""

    def __init__(self) -> None:
        self.size = 0
        self._edge: list[bytes] = []
        """Of falling size, as the bits of `size` from the highest."""

    def copy(self) -> Frontier:
        """The same tree, to grow on its own."""
        other = Frontier()
        other.size, other._edge = self.size, self._edge[:]
        return other

    def append(self, leaf: bytes) -> None:
        """Add a leaf's hash at the end."""
        self.append_full(0, leaf)

    def append_full(self, level: int, node: bytes) -> None:
        """Add a full subtree at the end; the size so far must be a multiple of its own."""
        rest = self.size >> level
        while rest & 1:
            node = node_hash(self._edge.pop(), node)
            rest >>= 1
        self._edge.append(node)
        self.size += 1 << level

    def root(self) -> bytes:
        """The root of the tree as it is."""
        if not self._edge:
            return EMPTY_ROOT
        root = self._edge[-1]
        for left in reversed(self._edge[:-1]):
            root = node_hash(left, root)
        return root


def full_root(hashes: Sequence[bytes]) -> bytes:
    """The root over neighbours, a power of two of them."""
    level = hashes
    while len(level) > 1:
        pairs = iter(level)
        level = [sha256(NODE_PREFIX + left + right).digest() for left, right in zip(pairs, pairs, strict=True)]
    return level[0]


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over the hashes of leaves."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def subtrees(span: Span) -> Iterator[tuple[int, int]]:
    """The full subtrees, level and index, that together are a span of a proof, from the left."""
    begin, end = span
    while begin < end:
        level = (end - begin).bit_length() - 1
        yield level, begin >> level
        begin += 1 << level


def span_root(span: Span, node: Node) -> bytes:
    """The root over a span of a proof, or over a whole tree."""
    parts = [node(level, index) for level, index in subtrees(span)]
    if not parts:
        return EMPTY_ROOT
    root = parts[-1]
    for left in reversed(parts[:-1]):
        root = node_hash(left, root)
    return root


def inclusion_spans(index: int, size: int) -> list[Span]:
    """Over which leaves the hashes of an inclusion path are, from the leaf upwards.

    Raises:
        ValueError: there is no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    spans: list[Span] = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((begin, middle))
            begin = middle
    return spans[::-1]


def consistency_spans(old: int, new: int) -> list[Span]:
    """Over which leaves the hashes of a consistency path are, in the order of RFC 6962.

    Raises:
        ValueError: the old tree is empty, or larger than the new one.
    """
    if not 0 < old <= new:
        raise ValueError(f"a tree of {old} is not the beginning of one of {new}")
    spans: list[Span] = []
    begin, end = 0, new
    while old != end:
        middle = begin + _split(end - begin)
        if old <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((begin, middle))
            begin = middle
    if begin > 0:
        spans.append((begin, end))
    return spans[::-1]


def inclusion_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The path that shows the leaf at `index` to be in the tree over `leaves`."""
    return [root_of(leaves[begin:end]) for begin, end in inclusion_spans(index, len(leaves))]


def consistency_path(leaves: Sequence[bytes], old: int) -> list[bytes]:
    """The path that shows the tree over the first `old` leaves to be the beginning of the one over all."""
    return [root_of(leaves[begin:end]) for begin, end in consistency_spans(old, len(leaves))]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether `path` shows that `leaf` (its hash) is at `index` in the tree of that size and root."""
    if not 0 <= index < size:
        return False
    number, last, seen = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if number & 1 or number == last:
            seen = node_hash(sibling, seen)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            seen = node_hash(seen, sibling)
        number, last = number >> 1, last >> 1
    return last == 0 and seen == root


def verify_consistency(old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Whether `path` shows that the tree of size `old` and `old_root` is the beginning of the other one."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not path and old_root == new_root
    steps = list(path) if old & (old - 1) else [old_root, *path]
    if not steps:
        return False
    number, last = old - 1, new - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    seen_old = seen_new = steps[0]
    for sibling in steps[1:]:
        if last == 0:
            return False
        if number & 1 or number == last:
            seen_old, seen_new = node_hash(sibling, seen_old), node_hash(sibling, seen_new)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            seen_new = node_hash(seen_new, sibling)
        number, last = number >> 1, last >> 1
    return last == 0 and seen_old == old_root and seen_new == new_root


def _split(count: int) -> int:
    """The largest power of two below `count`, which is more than 1."""
    return 1 << (count - 1).bit_length() - 1
