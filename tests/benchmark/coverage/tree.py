"""The best film of a site that was searched: the tree of at most ten clicks that shows the most scenes."""

from collections.abc import Iterable, Mapping, Sequence

MOST_CLICKS = 10
START = 0


def best_tree(parents: Sequence[int], scenes: Sequence[int], clicks: int = MOST_CLICKS) -> set[int]:
    """The nodes of a tree with many different scenes. Node 0 is the start, and parent of itself.

    Each node costs one click, and going back to any node of the tree is free. Grown greedily by scenes per
    click, then improved by cutting off each leaf in turn and growing again.
    """
    ways = {node: _way(parents, node) for node in range(len(parents))}
    tree = _grow({START}, ways, scenes, clicks)
    improved = True
    while improved:
        improved = False
        for leaf in sorted(tree - {START} - {parents[node] for node in tree}):
            other = _grow(tree - {leaf}, ways, scenes, clicks, without=leaf)
            if shown(other, scenes) > shown(tree, scenes):
                tree, improved = other, True
                break
    return tree


def shown(tree: Iterable[int], scenes: Sequence[int]) -> int:
    """How many different scenes these nodes show."""
    return len({scenes[node] for node in tree})


def _grow(
    tree: set[int],
    ways: Mapping[int, frozenset[int]],
    scenes: Sequence[int],
    clicks: int,
    without: int | None = None,
) -> set[int]:
    tree = set(tree)
    while True:
        seen = {scenes[node] for node in tree}
        offers = []
        for node, way in ways.items():
            more = way - tree
            new = len({scenes[one] for one in more} - seen)
            if new and node != without and len(tree) - 1 + len(more) <= clicks:
                offers.append((new / len(more), -node))
        if not offers:
            return tree
        tree |= ways[-max(offers)[1]]


def _way(parents: Sequence[int], node: int) -> frozenset[int]:
    """The node and all above it."""
    way = {node}
    while node != START:
        node = parents[node]
        way.add(node)
    return frozenset(way)
