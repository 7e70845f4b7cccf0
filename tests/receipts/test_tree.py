from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execgate.receipts import tree

# The reference tree of Certificate Transparency: eight leaves, and the root after each.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
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
SIZES = range(1, 71)


def naive(leaves: list[bytes]) -> bytes:
    """Hash as section 2.1 of RFC 6962 defines it, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\1" + naive(leaves[:split]) + naive(leaves[split:])).digest()


def entry(index: int) -> bytes:
    return b"entry %d" % index


@pytest.fixture(scope="module")
def nodes() -> dict[tuple[int, int], bytes]:
    """Every node of a tree of seventy leaves that is ever stored."""
    stored: dict[tuple[int, int], bytes] = {}
    for index in range(70):
        for level, position, value in tree.appended(
            index, tree.leaf_hash(entry(index)), lambda *key: stored[key]
        ):
            stored[level, position] = value
    return stored


@pytest.fixture(scope="module")
def roots() -> list[bytes]:
    return [naive([entry(index) for index in range(size)]) for size in range(71)]


def test_the_reference_tree_of_certificate_transparency_has_its_known_roots() -> None:
    growing = tree.Growing()
    found = []
    for leaf in LEAVES:
        growing.add(tree.leaf_hash(bytes.fromhex(leaf)))
        found.append(growing.root.hex())
    assert found == ROOTS


def test_appending_gives_the_root_that_the_definition_gives(nodes, roots) -> None:
    growing = tree.Growing()
    assert growing.root == roots[0] == tree.root(0, lambda *key: nodes[key])
    for size in SIZES:
        growing.add(tree.leaf_hash(entry(size - 1)))
        assert growing.root == roots[size] == tree.root(size, lambda *key: nodes[key])


def test_a_growing_tree_completes_the_nodes_that_are_stored(nodes) -> None:
    growing, completed = tree.Growing(), {}
    for index in range(70):
        completed |= {
            (level, position): value for level, position, value in growing.add(tree.leaf_hash(entry(index)))
        }
    assert completed == nodes


def test_every_leaf_is_included_in_every_tree_that_holds_it_and_nowhere_else(nodes, roots) -> None:
    for size in SIZES:
        for index in range(size):
            leaf = tree.leaf_hash(entry(index))
            proof = tree.inclusion_proof(index, size, lambda *key: nodes[key])
            assert tree.included(leaf, index, size, proof, roots[size])
            assert not tree.included(tree.leaf_hash(b"other"), index, size, proof, roots[size])
            assert not tree.included(leaf, index, size, [*proof, leaf], roots[size])
            assert not tree.included(leaf, size, size, proof, roots[size])
            assert not tree.included(leaf, -1, size, proof, roots[size])
            if size > 1:
                assert not tree.included(leaf, (index + 1) % size, size, proof, roots[size])
                assert not tree.included(leaf, index, size, proof[:-1], roots[size])
                assert not tree.included(leaf, index, size, proof, roots[size - 1])


def test_every_tree_continues_every_smaller_one(nodes, roots) -> None:
    for new in SIZES:
        for old in range(1, new + 1):
            proof = tree.consistency_proof(old, new, lambda *key: nodes[key])
            assert tree.consistent(old, new, proof, roots[old], roots[new])
            assert not tree.consistent(old, new, proof, roots[old - 1], roots[new])
            assert not tree.consistent(old, new, proof, roots[old], roots[new - 1])
            assert not tree.consistent(old, new, [*proof, roots[0]], roots[old], roots[new])
            if proof:
                assert not tree.consistent(old, new, proof[:-1], roots[old], roots[new])


def test_nothing_is_proven_of_the_empty_tree_or_of_a_larger_one(nodes, roots) -> None:
    assert tree.consistency_proof(0, 5, lambda *key: nodes[key]) == []
    assert not tree.consistent(0, 5, [], roots[0], roots[5])
    assert not tree.consistent(5, 4, [], roots[5], roots[4])
    assert not tree.included(b"", 0, 1, [], b"")
    with pytest.raises(ValueError, match="a tree of 4 can't continue one of 5"):
        tree.consistency_proof(5, 4, lambda *key: nodes[key])
    with pytest.raises(ValueError, match="no leaf 4 in a tree of 4"):
        tree.inclusion_proof(4, 4, lambda *key: nodes[key])


@given(st.integers(1, 70), st.data())
def test_a_proof_breaks_when_one_bit_of_it_changes(size: int, data: st.DataObject) -> None:
    stored: dict[tuple[int, int], bytes] = {}
    for index in range(size):
        for level, position, value in tree.appended(
            index, tree.leaf_hash(entry(index)), lambda *key: stored[key]
        ):
            stored[level, position] = value
    index = data.draw(st.integers(0, size - 1))
    proof = tree.inclusion_proof(index, size, lambda *key: stored[key])
    chain = b"".join([tree.leaf_hash(entry(index)), *proof])
    bit = data.draw(st.integers(0, len(chain) * 8 - 1))
    changed = bytearray(chain)
    changed[bit // 8] ^= 1 << bit % 8
    parts = [bytes(changed[at : at + 32]) for at in range(0, len(changed), 32)]
    root = tree.root(size, lambda *key: stored[key])
    assert not tree.included(parts[0], index, size, parts[1:], root)


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=40), st.data())
def test_any_changed_leaf_changes_the_root(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    changed = list(leaves)
    changed[index] = data.draw(st.binary(max_size=8).filter(lambda value: value != leaves[index]))
    before, after = tree.Growing(), tree.Growing()
    for old, new in zip(leaves, changed, strict=True):
        before.add(tree.leaf_hash(old))
        after.add(tree.leaf_hash(new))
    assert before.root == naive(leaves)
    assert after.root != before.root
