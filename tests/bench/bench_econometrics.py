"""Times of the regressions beside statsmodels and linearmodels on the same data in the same run, as JSON.

Run it alone: ``python tests/bench/bench_econometrics.py``. Each figure is the best of several repetitions, in
milliseconds; ``null`` marks a comparison that is left out: a dense dummy matrix too large for memory, or a package of the
extra ``bench`` that is not installed.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from lowcarbon_xl.econometrics.fit import fit_ols
from lowcarbon_xl.econometrics.iv import fit_iv
from lowcarbon_xl.econometrics.placebo import placebo
from lowcarbon_xl.econometrics.spec import ROBUST, Column, Grouping, Specification, clustered
from lowcarbon_xl.econometrics.wild_bootstrap import wild_cluster_bootstrap

COLD = """
import time
start = time.perf_counter()
import numpy as np
from lowcarbon_xl.econometrics.{module} import {function}
from lowcarbon_xl.econometrics.spec import Column, Grouping, Specification
unit, year = np.repeat(np.arange(30), 10), np.tile(np.arange(10), 30)
a, b, c = (Column(name, values) for name, values in zip("abc", np.random.default_rng(0).normal(size=(3, 300))))
effects = Grouping.of("unit", unit), Grouping.of("year", year)
{function}(Specification(a, {roles}, absorb=effects))
print(time.perf_counter() - start)
"""


def milliseconds(function: Callable[[], object], repetitions: int) -> float:
    """Best of several runs."""
    best = float("inf")
    for _ in range(repetitions):
        start = time.perf_counter()
        function()
        best = min(best, time.perf_counter() - start)
    return round(best * 1e3, 3)


def cold_seconds(module: str, function: str, roles: str) -> float:
    """Time of a first regression in a new process, imports included."""
    code = COLD.format(module=module, function=function, roles=roles)
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return round(float(result.stdout), 3)


def specification(units: int, years: int, *, instrumented: bool = False) -> Specification:
    """A panel with four regressors; 20 % of the rows missing beyond the 30 x 10 case."""
    random = np.random.default_rng(units)
    unit, year = np.repeat(np.arange(units), years), np.tile(np.arange(years), units)
    z, *noise = random.normal(size=(6, unit.size))
    x = z + noise[0]
    w = tuple(Column(f"w{k}", noise[k] + unit / units) for k in (1, 2, 3))
    y = 0.5 * x + sum(column.values for column in w) + noise[4]
    province = Grouping.of("unit", unit)
    spec = Specification(
        Column("y", y),
        (Column("x", x),),
        w,
        absorb=(province, Grouping.of("year", year)),
        vce=clustered(province),
        unit=province,
        time=Column("year", year.astype(float)),
        sample=None if units == 30 else random.random(unit.size) < 0.8,
    )
    if instrumented:
        extra = Column("z2", z + random.normal(size=z.size))
        return replace(spec, x=(), endogenous=spec.x, instruments=(Column("z", z), extra))
    return spec


def frame(spec: Specification):
    """The estimation sample as a data frame indexed by unit and year."""
    import pandas as pd

    rows = fit_ols(spec.without_instruments()).rows
    columns = {column.name: column.values[rows] for column in spec.variables}
    keys = {"unit": spec.absorb[0].codes[rows], "year": spec.absorb[1].codes[rows]}
    return pd.DataFrame(keys | columns).set_index(["unit", "year"])


def linearmodels_panel(spec: Specification) -> Callable[[], object]:
    """PanelOLS with entity and time effects, clustered by entity."""
    from linearmodels.panel import PanelOLS

    data = frame(spec)
    names = [column.name for column in spec.exogenous]
    return lambda: PanelOLS(data["y"], data[names], entity_effects=True, time_effects=True).fit(
        cov_type="clustered", cluster_entity=True
    )


def statsmodels_dummies(spec: Specification) -> Callable[[], object]:
    """OLS with a dummy for every unit and year, clustered by unit."""
    import statsmodels.api as sm

    data = frame(spec).reset_index()
    unit, year = data["unit"].to_numpy(), data["year"].to_numpy()
    names = [column.name for column in spec.exogenous]
    design = np.column_stack([data[names], np.eye(unit.max() + 1)[unit], np.eye(year.max() + 1)[year][:, 1:]])
    return lambda: sm.OLS(data["y"].to_numpy(), design).fit(cov_type="cluster", cov_kwds={"groups": unit})


def pyfixest_feols(spec: Specification) -> Callable[[], object] | None:
    """The same by pyfixest's feols, after a first call that compiles it; None where it is not installed."""
    if importlib.util.find_spec("pyfixest") is None:
        return None
    import pyfixest

    data = frame(spec).reset_index()
    formula = f"y ~ {' + '.join(column.name for column in spec.exogenous)} | unit + year"

    def fit() -> object:
        return pyfixest.feols(formula, data=data, vcov={"CRV1": "unit"})

    fit()
    return fit


def linearmodels_iv(spec: Specification) -> Callable[[], object]:
    """IV2SLS on variables absorbed beforehand, without our identification statistics."""
    from linearmodels.iv import IV2SLS

    data = frame(spec)
    demeaned = data - data.groupby("unit").transform("mean")
    return lambda: IV2SLS(
        demeaned["y"], demeaned[[c.name for c in spec.controls]], demeaned[["x"]], demeaned[["z", "z2"]]
    ).fit(cov_type="robust")


def main() -> None:
    """Print the figures."""
    small, middle, large = specification(30, 10), specification(2_800, 20), specification(10_000, 12)
    sizes = {"300": small, "56000 x 0.8": middle, "120000 x 0.8": large}
    report: dict[str, object] = {"unit": "ms", "numpy": np.__version__, "python": sys.version.split()[0]}
    report["twfe, clustered"] = {
        name: {
            "rows": fit_ols(spec).n,
            "lowcarbon_xl": milliseconds(lambda spec=spec: fit_ols(spec), 30 if name == "300" else 3),
            "linearmodels PanelOLS": milliseconds(linearmodels_panel(spec), 5 if name == "300" else 1),
            "pyfixest feols": milliseconds(found, 3) if (found := pyfixest_feols(spec)) else None,
            "statsmodels OLS, dummies": milliseconds(statsmodels_dummies(spec), 5) if name == "300" else None,
        }
        for name, spec in sizes.items()
    }
    instrumented = {
        "300": specification(30, 10, instrumented=True),
        "56000 x 0.8": specification(2_800, 20, instrumented=True),
    }
    report["iv with identification, clustered"] = {
        name: {
            "lowcarbon_xl": milliseconds(lambda spec=spec: fit_iv(spec), 10 if name == "300" else 3),
            "linearmodels IV2SLS alone": milliseconds(linearmodels_iv(spec), 5 if name == "300" else 2),
        }
        for name, spec in instrumented.items()
    }
    report["placebo, 1000 draws, 300 rows"] = {
        "robust": milliseconds(lambda: placebo(replace(small, vce=ROBUST), "x", draws=1_000), 5),
        "clustered": milliseconds(lambda: placebo(small, "x", draws=1_000), 5),
    }
    report["wild bootstrap, 9999 draws, 300 rows, 30 clusters"] = milliseconds(
        lambda: wild_cluster_bootstrap(small, "x", draws=9_999), 10
    )
    report["first regression in a new process, s"] = {
        "twfe": cold_seconds("fit", "fit_ols", "(b,)"),
        "iv": cold_seconds("iv", "fit_iv", "(), endogenous=(b,), instruments=(c,)"),
    }
    sys.stdout.write(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
