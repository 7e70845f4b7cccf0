"""The Merkle tree of RFC 6962, section 2.1 (RFC 9162 keeps it): pure functions over hashes.

Only the hashes of complete subtrees are ever stored: position `p` on level `l` covers the leaves
from `p * 2^l` up to `(p + 1) * 2^l`.  Once complete such a hash never changes, so that appending and
proving read and write O(log n) of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of a tree without leaves."""

Node = Callable[[int, int], bytes]
"""Gives the stored hash at a level and a position."""


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of a leaf.

    Leaves and nodes are hashed under different prefixes, so that a node can never pass for a leaf.
    """
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of the node above two others."""
    return hashlib.sha256(b"\1" + left + right).digest()


def root(size: int, node: Node) -> bytes:
    """Return the Merkle tree hash of the first `size` leaves."""
    return _range(0, size, node) if size else EMPTY_ROOT


def appended(index: int, leaf: bytes, node: Node) -> Iterator[tuple[int, int, bytes]]:
    """Yield level, position and hash of every subtree that the leaf at `index` completes."""
    level, position, current = 0, index, leaf
    yield level, position, current
    while position % 2:
        current = node_hash(node(level, position - 1), current)
        level, position = level + 1, position // 2
        yield level, position, current


def inclusion_proof(index: int, size: int, node: Node) -> list[bytes]:
    """Return the audit path of leaf `index` in the tree of `size` leaves, from the leaf upwards."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    path = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(_range(middle, high, node))
            high = middle
        else:
            path.append(_range(low, middle, node))
            low = middle
    return path[::-1]


def consistency_proof(old: int, new: int, node: Node) -> list[bytes]:
    """Return the proof that the tree of `new` leaves continues that of `old`; empty where they are equal."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} can't continue one of {old}")
    if old in {0, new}:
        return []
    proof = []
    low, high, known = 0, new, True
    while old != high:
        middle = low + _split(high - low)
        if old <= middle:
            proof.append(_range(middle, high, node))
            high = middle
        else:
            proof.append(_range(low, middle, node))
            low, known = middle, False
    if not known:
        proof.append(_range(low, high, node))
    return proof[::-1]


def included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes) -> bool:
    """Return whether `proof` shows the leaf hash at `index` under the root `expected` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size or len(leaf) != HASH_BYTES:
        return False
    position, last, current = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if position % 2 or position == last:
            current = node_hash(sibling, current)
            while position % 2 == 0 and position:
                position, last = position // 2, last // 2
        else:
            current = node_hash(current, sibling)
        position, last = position // 2, last // 2
    return last == 0 and current == expected


def consistent(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Return whether `proof` shows that the new tree continues the old one (RFC 9162, 2.1.4.2).

    Every tree continues the empty one, so that there is nothing to prove: `old` is at least 1.
    """
    if not 0 < old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    if not proof:
        return False
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    position, last = old - 1, new - 1
    while position % 2:
        position, last = position // 2, last // 2
    from_old = from_new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if position % 2 or position == last:
            from_old = node_hash(sibling, from_old)
            from_new = node_hash(sibling, from_new)
            while position % 2 == 0 and position:
                position, last = position // 2, last // 2
        else:
            from_new = node_hash(from_new, sibling)
        position, last = position // 2, last // 2
    return last == 0 and from_old == old_root and from_new == new_root


class Growing:
    """A tree in memory that takes leaf hashes one by one; keeps a hash per complete subtree on the edge."""

    def __init__(self) -> None:
        self.size = 0
        self._edge: list[bytes] = []

    def add(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Add a leaf hash; return level, position and hash of every subtree that it completes."""
        made = list(appended(self.size, leaf, lambda _level, _position: self._edge.pop()))
        self._edge.append(made[-1][2])
        self.size += 1
        return made

    @property
    def root(self) -> bytes:
        """The Merkle tree hash of all leaves so far."""
        if not self._edge:
            return EMPTY_ROOT
        current = self._edge[-1]
        for left in reversed(self._edge[:-1]):
            current = node_hash(left, current)
        return current


def _split(width: int) -> int:
    """Return the largest power of two below `width`."""
    return 1 << ((width - 1).bit_length() - 1)


def _range(low: int, high: int, node: Node) -> bytes:
    width = high - low
    level = (width - 1).bit_length()
    if width == 1 << level:
        return node(level, low >> level)
    middle = low + _split(width)
    return node_hash(_range(low, middle, node), _range(middle, high, node))
