"""The meat of the sandwich, and the small-sample factors of reghdfe 6."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lowcarbon_xl.econometrics.absorb import AbsorbedDegrees
from lowcarbon_xl.econometrics.spec import FloatArray, IntArray, Variance
from lowcarbon_xl.errors import NotAvailableError, Text


@dataclass(frozen=True, slots=True, eq=False)
class ScoreGroups:
    """What a kind of standard errors groups scores by, on the rows of the sample.

    Attributes
    ----------
    variance : Variance
    clusters : tuple of ndarray of int, each of shape (N,)
        Cluster codes 0..M-1.
    cluster_counts : tuple of int
        M of each cluster column.
    periods : ndarray of int or None, shape (N,)
        Position of each row's period on an even time axis (Driscoll-Kraay).
    period_count : int
        Distinct periods T (Driscoll-Kraay), else 0.
    lag : int
        Bartlett lags.
    """

    variance: Variance
    clusters: tuple[IntArray, ...]
    cluster_counts: tuple[int, ...]
    periods: IntArray | None
    period_count: int
    lag: int

    @classmethod
    def of(cls, variance: Variance, rows: IntArray, time: FloatArray | None) -> ScoreGroups:
        """Prepare the groups of a sample.

        Parameters
        ----------
        variance : Variance
        rows : ndarray of int, shape (N,)
            Rows of the sample.
        time : ndarray or None, shape (n,)
            Time of every row of the data; Driscoll-Kraay needs it.

        Raises
        ------
        NotAvailableError
            A single cluster, or a single period.
        """
        compact = [np.unique(cluster.codes[rows], return_inverse=True)[1] for cluster in variance.clusters]
        codes = tuple(code.reshape(-1).astype(np.intp) for code in compact)
        counts = tuple(int(code.max()) + 1 for code in codes)
        for cluster, count in zip(variance.clusters, counts, strict=True):
            if count < 2:
                raise _too_few(cluster.name, "聚类", "cluster")
        if variance.kind != "dk" or time is None:
            return cls(variance, codes, counts, None, 0, 0)
        distinct, position = np.unique(time[rows], return_inverse=True)
        if distinct.size < 2:
            raise _too_few("time", "时期", "period")
        # Lags are counted in time, not in rows: a year that everybody misses is a gap, as in Stata's tsset.
        axis = np.rint((distinct - distinct[0]) / np.diff(distinct).min()).astype(np.intp)
        lag = variance.lag if variance.lag is not None else int(4 * (distinct.size / 100) ** (2 / 9))
        return cls(variance, codes, counts, axis[position.reshape(-1)], int(distinct.size), lag)

    @property
    def label(self) -> Text:
        """Which standard errors, with the lags that Driscoll-Kraay used."""
        if not self.period_count:
            return self.variance.label
        plain = self.variance.label
        return Text(f"{plain.zh}（滞后 {self.lag} 期）", f"{plain.en} ({self.lag} lags)")

    @property
    def effective_clusters(self) -> int:
        """M: the smaller count of two cluster columns, T for Driscoll-Kraay, 0 when scores are not grouped."""
        if self.period_count:
            return self.period_count
        return min(self.cluster_counts, default=0)

    @property
    def rank(self) -> int | None:
        """Largest rank the meat can have (scores sum to 0, so M-1); None when the number of rows alone bounds it."""
        return self.effective_clusters - 1 if self.effective_clusters else None

    def counts(self, time: str) -> tuple[tuple[str, int], ...]:
        """Cluster columns with their number of clusters; the periods of `time` for Driscoll-Kraay."""
        if self.period_count:
            return ((time, self.period_count),)
        return tuple(
            (cluster.name, count) for cluster, count in zip(self.variance.clusters, self.cluster_counts, strict=True)
        )

    def meat(self, scores: FloatArray) -> FloatArray:
        """Sum of outer products of the scores.

        Parameters
        ----------
        scores : ndarray, shape (N, K)
            Regressor (or instrument) times residual.

        Returns
        -------
        ndarray, shape (K, K)
        """
        if self.periods is not None:
            return _bartlett(group_sums(scores, self.periods), self.lag)
        if not self.clusters:
            return np.asarray(scores.T @ scores)
        total = np.zeros((scores.shape[1], scores.shape[1]))
        for codes in self.clusters:
            total += _outer(group_sums(scores, codes))
        if len(self.clusters) == 2:
            both = self.clusters[0] * self.cluster_counts[1] + self.clusters[1]
            total -= _outer(group_sums(scores, np.unique(both, return_inverse=True)[1].reshape(-1)))
        return total

    def factor(self, size: int, slopes: int, degrees: AbsorbedDegrees) -> float:
        """Small-sample factor of reghdfe.

        Parameters
        ----------
        size, slopes : int
            N and K.
        degrees : AbsorbedDegrees
            df_a and whether an effect is nested in a cluster.
        """
        groups = self.effective_clusters
        if not groups:
            return size / (size - slopes - degrees.absorbed)
        nested = int(degrees.nested)
        return (size - 1) / (size - slopes - degrees.absorbed - nested) * groups / (groups - 1)

    def residual_degrees(self, size: int, slopes: int, degrees: AbsorbedDegrees) -> int:
        """Degrees of freedom of t: N-K-df_a, at most M-1 (or T-1)."""
        plain = size - slopes - degrees.absorbed
        return min(plain, self.effective_clusters - 1) if self.effective_clusters else plain


def group_sums(values: FloatArray, codes: IntArray) -> FloatArray:
    """Sums of the rows of `values` (N, k) by group 0..G-1: shape (G, k); a group without rows is 0."""
    counts = np.bincount(codes)
    occupied = counts > 0
    starts = np.concatenate([[0], np.cumsum(counts[occupied])[:-1]]).astype(np.intp)
    totals = np.zeros((counts.size, values.shape[1]))
    totals[occupied] = np.add.reduceat(values[np.argsort(codes, kind="stable")], starts, axis=0)
    return totals


def positive_semidefinite(covariance: FloatArray) -> tuple[FloatArray, bool]:
    """Replace negative eigenvalues by 0 (Cameron, Gelbach & Miller 2011); says whether any was negative."""
    eigenvalues, vectors = np.linalg.eigh(covariance)
    if eigenvalues[0] >= -1e-14 * max(eigenvalues[-1], 0.0):
        return covariance, False
    return np.asarray((vectors * np.clip(eigenvalues, 0, None)) @ vectors.T), True


def _outer(sums: FloatArray) -> FloatArray:
    return np.asarray(sums.T @ sums)


def _bartlett(sums: FloatArray, lag: int) -> FloatArray:
    total = _outer(sums)
    for distance in range(1, min(lag, sums.shape[0] - 1) + 1):
        lagged = sums[distance:].T @ sums[:-distance]
        total += (1 - distance / (lag + 1)) * (lagged + lagged.T)
    return total


def _too_few(name: str, zh: str, en: str) -> NotAvailableError:
    return NotAvailableError(
        Text(f"“{name}”在样本中只有一个{zh}", f"'{name}' has a single {en} in the sample"),
        Text("换用别的标准误（vce=robust），或扩大样本", "Use other standard errors (vce=robust) or more data"),
        column=name,
    )
