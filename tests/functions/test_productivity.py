"""SBMDDF, GTFP and the functions behind them on the 30 x 17 panel, against exact optima."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from lowcarbon_xl.cells import Block, CellError, Spill
from tests.conftest import Call, read_block

# The reference numbers are correctly rounded exact optima; a double-precision solver reaches this comfortably.
TOLERANCE = 1e-9


ORACLES = Path(__file__).resolve().parents[1] / "oracles" / "dea"


@pytest.fixture(scope="module")
def panel() -> Block:
    return read_block(ORACLES / "china_30x17.csv", "面板")


@pytest.fixture(scope="module")
def reference() -> dict[str, np.ndarray]:
    with (ORACLES / "china_sbm_ref.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    return {
        name: np.array([float(row[name] or "nan") for row in rows]) for name in rows[0] if name not in ("province",)
    }


def numbers(spill: Spill, column: int) -> np.ndarray:
    return np.array(
        [np.nan if isinstance(row[column], CellError) else row[column] for row in spill.rows[1:]], dtype=float
    )


@pytest.mark.parametrize("rts", ["crs", "vrs"])
def test_sbmddf_against_exact_optima(call: Call, panel: Block, reference: dict, rts: str) -> None:
    for name, which in (("S_G", "global"), ("S_C", "contemporaneous")):
        spill = call("SBMDDF", panel, f"rts={rts};reference={which}")
        np.testing.assert_allclose(numbers(spill, 0), reference[f"{name}_{rts}"], atol=TOLERANCE, rtol=0)
        assert spill.rows[0] == ("inefficiency S", "slack: L", "slack: K", "slack: E", "slack: Y", "slack: CO2")


@pytest.mark.parametrize("rts", ["crs", "vrs"])
def test_gtfp_against_exact_optima(call: Call, panel: Block, reference: dict, rts: str) -> None:
    spill = call("GTFP", panel, f"rts={rts}")
    for column, name in enumerate(("GML", "EC", "TC", "CUM")):
        np.testing.assert_allclose(numbers(spill, column), reference[f"{name}_{rts}"], atol=TOLERANCE, rtol=0)
    first = [row for row, source in zip(spill.rows[1:], panel.values[1:], strict=True) if source[1] == 2003]
    assert len(first) == 30
    assert all(str(cell) == "#N/A" for row in first for cell in row[:3])
    assert all(row[3] == 1 for row in first)


def test_infeasible_pairs_of_ml_are_na_with_a_reason_and_a_count(call: Call, panel: Block) -> None:
    spill = call("GTFP", panel, "index=ML")
    lost = [row[0] for row in spill.rows[1:] if isinstance(row[0], CellError)]
    assert len(lost) == 30 + 74
    assert sum("infeasible" in cell.reason.en for cell in lost) == 74
    assert any("74 cross-period" in note.en or "infeasible" in note.en for note in spill.notes)


def test_slacks_explain_the_score_and_targets_the_slacks(call: Call, panel: Block) -> None:
    data = np.array([row[2:] for row in panel.values[1:]], dtype=float)  # Y, E, L, K, CO2
    data = data[:, [2, 3, 1, 0, 4]]
    slacks = call("SBMDDF", panel)
    weights = np.array([1 / 6, 1 / 6, 1 / 6, 1 / 4, 1 / 4])
    found = np.column_stack([numbers(slacks, column) for column in range(1, 6)])
    np.testing.assert_allclose((found / data) @ weights, numbers(slacks, 0), atol=TOLERANCE)
    targets = np.column_stack([numbers(call("SBMDDF", panel, "detail=targets"), column) for column in range(1, 6)])
    np.testing.assert_allclose(targets, data - found * np.array([1, 1, 1, -1, 1]), rtol=1e-9)
    contributions = np.column_stack(
        [numbers(call("SBMDDF", panel, "detail=contributions"), column) for column in range(1, 6)]
    )
    np.testing.assert_allclose(contributions.sum(axis=1), numbers(slacks, 0), atol=TOLERANCE)


def test_the_certificate_is_tight(call: Call, panel: Block) -> None:
    spill = call("SBMDDF", panel, "detail=certificate")
    for column in (1, 2, 3):
        assert numbers(spill, column).max() < TOLERANCE
    assert {row[4] for row in spill.rows[1:]} <= {"simplex", "HiGHS"}


def test_cumulative_starts_at_the_base_year(call: Call, panel: Block) -> None:
    spill = call("GTFP", panel, "base=2010")
    for row, source in zip(spill.rows[1:], panel.values[1:], strict=True):
        assert source[1] != 2010 or row[3] == 1


def test_a_frozen_frontier_does_not_revise_the_past(call: Call, panel: Block) -> None:
    shorter = Block([row for row in panel.values if row[1] == "year" or row[1] <= 2017], "面板")
    long, short = call("GTFP", panel, "frozen=2003-2015"), call("GTFP", shorter, "frozen=2003-2015")
    by_key = {tuple(source[:2]): row for source, row in zip(panel.values[1:], long.rows[1:], strict=True)}
    for source, row in zip(shorter.values[1:], short.rows[1:], strict=True):
        assert str(row[0]) == str(by_key[tuple(source[:2])][0]) or row[0] == pytest.approx(
            by_key[tuple(source[:2])][0], abs=TOLERANCE
        )


def test_decompositions_multiply_to_the_index(call: Call, panel: Block) -> None:
    for name in ("FGNZ", "RD"):
        spill = call("GTFP", panel, f"decompose={name}")
        parts = [numbers(spill, column) for column in range(4)]
        np.testing.assert_allclose(parts[1] * parts[2] * parts[3], parts[0], rtol=1e-9)


def test_the_written_out_program_can_be_checked_by_multiplying_and_adding(call: Call, panel: Block) -> None:
    spill = call("LPAUDIT", panel, "上海市", 2010.0)
    rows = {row[0]: row for row in spill.rows[:14]}
    width = len(spill.rows[0])
    vector = lambda name: np.array(rows[name][2 : width - 1], dtype=float)  # noqa: E731
    own, sign, slack, price, dual = (vector(n) for n in ("own data", "sign", "slack", "price of a slack", "dual u"))
    units = spill.rows[13:]
    assert len(units) == 510
    lambdas = np.array([row[1] for row in units])
    data = np.array([row[2 : width - 1] for row in units], dtype=float)
    np.testing.assert_allclose(lambdas @ data + sign * slack, own, rtol=1e-9)
    assert price @ slack == pytest.approx(rows["objective"][1], abs=TOLERANCE)
    assert dual @ own + rows["dual u0"][1] == pytest.approx(rows["objective"][1], abs=TOLERANCE)
    assert min(row[width - 1] for row in units) > -TOLERANCE, "dual feasible, so nothing better exists"


def test_lpaudit_of_a_row_that_is_not_there(call: Call, panel: Block) -> None:
    assert "1999" in call("LPAUDIT", panel, "上海", 1999.0).reasons[0].en


def test_sensitivity_shows_what_the_choice_of_convention_moves(call: Call, panel: Block) -> None:
    rows = {row[0]: row for row in call("SENSITIVITY", panel).rows[1:]}
    vrs = next(row for name, row in rows.items() if name.startswith("GML SBM VRS"))
    assert vrs[2] == pytest.approx(0.29, abs=0.005)
    assert vrs[3] == 33
    thirds = next(row for name, row in rows.items() if "thirds" in name)
    assert thirds[3] == 28


def test_abatement_costs_lie_within_their_range(call: Call, panel: Block) -> None:
    spill = call("ABATEMENTCOST", panel)
    cost, low, high = (numbers(spill, column) for column in range(3))
    known = ~np.isnan(cost)
    assert known.sum() > 400
    assert (np.nan_to_num(low, nan=-np.inf)[known] <= cost[known] + 1e-6).all()
    assert (np.nan_to_num(high, nan=np.inf)[known] >= cost[known] - 1e-6).all()


def test_frontier_units_have_no_inefficiency(call: Call, panel: Block) -> None:
    scores = call("SBMDDF", panel, "reference=contemporaneous;detail=score")
    efficient: dict[int, int] = {}
    for source, row in zip(panel.values[1:], scores.rows[1:], strict=True):
        efficient[int(source[1])] = efficient.get(int(source[1]), 0) + (row[0] < 1e-9)
    assert {row[0]: row[1] for row in call("FRONTIERUNITS", panel).rows[1:]} == efficient
