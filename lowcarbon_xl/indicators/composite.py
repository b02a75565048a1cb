"""Composite index by entropy weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lowcarbon_xl.errors import InputError, Text

Matrix = npt.NDArray[np.float64]
Vector = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class EntropyIndex:
    """A composite index.

    Parameters
    ----------
    score : float array, shape (n,)
        Between 0 and 1.
    weights, entropy : float array, shape (k,)
        Weights sum to 1; entropy e_j is between 0 and 1.
    """

    score: Vector
    weights: Vector
    entropy: Vector


def entropy_index(
    indicators: Matrix, positive: Sequence[bool], names: Sequence[str], shift: float = 0.0
) -> EntropyIndex:
    """Weigh indicators by how much they tell rows apart.

    Parameters
    ----------
    indicators : float array, shape (n, k)
    positive : sequence of bool, length k
        Whether more is better.
    names : sequence of str, length k
        For messages.
    shift : float
        Added to the normalised values before their logarithm is taken; 0 with 0 ln 0 = 0 by default.

    Notes
    -----
    z_ij = (x - min)/(max - min), or (max - x)/(max - min); p_ij = z_ij / sum_i z_ij; e_j = -sum_i p_ij ln p_ij / ln n;
    w_j = (1 - e_j) / sum (1 - e_j); score_i = sum_j w_j z_ij (Shannon 1948; entropy weight method).

    Raises
    ------
    InputError
        For fewer than two rows, and for an indicator that does not vary.
    """
    n_rows = len(indicators)
    if n_rows < 2:
        raise InputError(
            Text(f"熵值法至少要两行，只有 {n_rows} 行", f"entropy weights need at least two rows, there is {n_rows}"),
            Text("把所有省份和年份都选进来", "Select all provinces and years"),
        )
    low, high = indicators.min(axis=0), indicators.max(axis=0)
    constant = np.flatnonzero(high == low)
    if len(constant):
        name = names[int(constant[0])]
        raise InputError(
            Text(
                f"指标“{name}”没有变化，熵权没有定义",
                f"the indicator {name} does not vary, so its entropy weight is undefined",
            ),
            Text("去掉这一列", "Leave this column out"),
            column=name,
        )
    normalised = np.where(positive, indicators - low, high - indicators) / (high - low) + shift
    share = normalised / normalised.sum(axis=0)
    logarithm = np.log(share, where=share > 0, out=np.zeros_like(share))
    entropy = -(share * logarithm).sum(axis=0) / np.log(n_rows)
    divergence = 1 - entropy
    weights = divergence / divergence.sum()
    return EntropyIndex(normalised @ weights, weights, entropy)
