"""Random draws of a stress test, in blocks with a stream each: the same seed gives the same bits however the work is divided.

Method sheet: docs/methods/1011-stress-test.md. Streams: `numpy.random.SeedSequence` spawned by purpose and block, Philox counters.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator, Philox, SeedSequence

from guibiao.index.aggregate import Tree
from guibiao.index.matrix import Matrix, Places
from guibiao.reference.index.stress import WeightChange

BLOCK = 1024
"""Rows of a block. A change of it changes every draw."""


def stream(seed: int, purpose: int, block: int = 0) -> Generator:
    """The generator of one block of one purpose."""
    return Generator(Philox(SeedSequence(seed, spawn_key=(purpose, block))))


def blocks_of(rows: int) -> Iterator[tuple[int, slice]]:
    """Number and rows of each block."""
    for number, start in enumerate(range(0, rows, BLOCK)):
        yield number, slice(start, min(start + BLOCK, rows))


def uniform_sample(rows: int, dimensions: int, seed: int, purpose: int = 0) -> Matrix:
    """Independent uniform numbers (rows, dimensions) in [0, 1)."""
    sample = np.empty((rows, dimensions))
    for number, part in blocks_of(rows):
        sample[part] = stream(seed, purpose, number).random((BLOCK, dimensions))[: part.stop - part.start]
    return sample


def sobol_sample(rows: int, dimensions: int, seed: int) -> Matrix:
    """The first rows of a scrambled Sobol sequence (rows, dimensions): Sobol 1967, Owen's scrambling; balanced at powers of two."""
    from scipy.stats import qmc

    sequence = qmc.Sobol(dimensions, scramble=True, rng=np.random.default_rng(seed))
    return np.asarray(sequence.random_base2(max(rows - 1, 1).bit_length())[:rows], dtype=np.float64)


def saltelli_design(sample: Matrix) -> Matrix:
    """Base sample (points, 2 d) -> design (points (d + 2), d): A, B, then A with column j from B for each j (Saltelli et al. 2010)."""
    dimensions = sample.shape[1] // 2
    first, second = sample[:, :dimensions], sample[:, dimensions:]
    mixed = []
    for place in range(dimensions):
        one = first.copy()
        one[:, place] = second[:, place]
        mixed.append(one)
    return np.vstack([first, second, *mixed])


def alternatives_of(uniform: Matrix, count: int) -> Places:
    """Uniform numbers as places among `count` equally likely alternatives."""
    return np.minimum((uniform * count).astype(np.intp), count - 1)


def shares_of(tree: Tree, weights: Matrix) -> Matrix:
    """Weights (..., nodes) over their sum within each group; the root is one; nan in a group without weight."""
    shares = np.ones_like(weights)
    for group in tree.groups:
        part = weights[..., group.children]
        with np.errstate(invalid="ignore"):
            shares[..., group.children] = part / part.sum(axis=-1, keepdims=True)
    return shares


def sampled_weights(tree: Tree, change: WeightChange, rows: int, seed: int, purpose: int) -> Matrix:
    """Weight sets (rows, nodes): shares of each group sum to one; levels that do not vary keep their stated shares."""
    stated = shares_of(tree, tree.weights)
    varying = np.isin(tree.levels, change.levels) if change.levels else np.ones(len(stated), dtype=bool)
    siblings = np.ones(len(stated))
    for group in tree.groups:
        siblings[group.children] = len(group.children)
    weights = np.empty((rows, len(stated)))
    for number, part in blocks_of(rows):
        random = stream(seed, purpose, number)
        shape = (BLOCK, len(stated))
        if change.method == "dirichlet":
            drawn = random.standard_gamma(stated * siblings * change.concentration, shape)
        else:
            drawn = stated * (1 + change.noise * (2 * random.random(shape) - 1))
        weights[part] = np.where(varying, drawn, stated)[: part.stop - part.start]
    return shares_of(tree, weights)
