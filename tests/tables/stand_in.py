"""A stand-in for Stata: it reads an exported script line by line, as Stata would."""

from __future__ import annotations

import re

import pandas as pd

from lowcarbon_xl.econometrics.fit import fit_ols
from lowcarbon_xl.econometrics.iv import IVResult, fit_iv
from lowcarbon_xl.econometrics.spec import (
    IID,
    ROBUST,
    Column,
    Grouping,
    Specification,
    clustered,
    driscoll_kraay,
)
from lowcarbon_xl.panel.prepare import winsorize
from lowcarbon_xl.tables.do_export import StataExport

EXACT = 1e-9  # another algorithm on a well-conditioned panel


class StandIn:
    """Runs an exported script on its exported data."""

    ESTIMATORS = ("reghdfe", "ivreghdfe", "ivreg2", "xtivreg2", "regress")

    def __init__(self, export: StataExport) -> None:
        self.folder = export.script.parent
        self.data = pd.DataFrame()
        self.panel: tuple[str, str] | None = None
        self.results: list[tuple[str, Specification, object]] = []
        self.checked = 0
        for line in export.script.read_text(encoding="utf-8").splitlines():
            self.run(line)

    def run(self, line: str) -> None:
        word = line.split(maxsplit=1)[0] if line.strip() else ""
        if word == "use":
            name = re.fullmatch(r'use "(.+)", clear', line)[1]
            self.data = pd.read_stata(self.folder / name, convert_categoricals=False)
        elif word == "winsor2":
            names, low, high = re.fullmatch(r"winsor2 (.+), replace cuts\((\S+) (\S+)\)", line).groups()
            for name in names.split():
                values = self.data[name].to_numpy(float)
                self.data[name] = winsorize(values, float(low) / 100, float(high) / 100).values
        elif word == "xtset":
            names = line.split()[1:]
            self.panel = (names[0], names[1]) if len(names) == 2 else None
        elif word == "generate":
            self.generate(line)
        elif word in self.ESTIMATORS:
            self.estimate(line)
        elif word == "assert":
            self.check(line)
        else:
            known = ("", "*", "version", "clear", "set", "foreach", "capture", "if", "}", "display", "quietly", "drop")
            assert word in known, line

    def generate(self, line: str) -> None:
        name, operator, years, base = re.fullmatch(r"generate double (\S+) = ([LF])(\d*)\.(\S+)", line).groups()
        unit, time = self.panel
        shift = int(years or 1) * (1 if operator == "L" else -1)
        other = self.data[[unit, time, base]].assign(**{time: self.data[time] + shift})
        merged = self.data[[unit, time]].merge(other, on=[unit, time], how="left", validate="one_to_one")
        assert name not in self.data
        self.data[name] = merged[base].to_numpy()

    def estimate(self, line: str) -> None:
        program, rest = line.split(maxsplit=1)
        body, options = rest.rsplit(", ", 1) if ", " in rest else (rest, "")
        body, _, condition = body.partition(" if ")
        found = re.search(r"\((.+) = (.+)\)", body)
        outcome, *exogenous = re.sub(r"\(.+\)", "", body).split()
        effects = re.findall(r"absorb\((.+?)\)", options)
        absorb = effects[0].split() if effects else [word[2:] for word in exogenous if word.startswith("i.")]
        if program == "xtivreg2":
            absorb = ["province", "year"]
        exogenous = [word for word in exogenous if not word.startswith("i.") and not word.endswith("*")]
        sample = None
        if condition:
            sample = (self.data[condition.removesuffix(" == 1")] == 1).to_numpy()
        time = self.panel[1] if self.panel else None
        spec = Specification(
            self.column(outcome),
            tuple(map(self.column, exogenous)),
            (),
            tuple(map(self.column, found[1].split())) if found else (),
            tuple(map(self.column, found[2].split())) if found else (),
            tuple(map(self.grouping, absorb)),
            self.variance(options),
            time=self.column(time) if time else None,
            sample=sample,
            route=program if found and program != "regress" else "ivreghdfe",
            small="small" in options.split(),
            constant="noconstant" not in options,
            keep_singletons="keepsingletons" in options,
        )
        self.results.append((line, spec, fit_iv(spec) if found else fit_ols(spec)))

    def column(self, name: str) -> Column:
        return Column(name, self.data[name].to_numpy(float))

    def grouping(self, name: str) -> Grouping:
        return Grouping.of(name, self.data[name].to_numpy(float))

    def variance(self, options: str):
        cluster = re.search(r"cluster(?: |\()([^)]+)\)", options)
        if cluster:
            return clustered(*map(self.grouping, cluster[1].split()))
        bandwidth = re.search(r"dkraay\((\d+)\)", options)
        if bandwidth:
            return driscoll_kraay(int(bandwidth[1]) - 1)
        return ROBUST if "robust" in options else IID

    def check(self, line: str) -> None:
        statement = line.split("//")[0].strip()
        count = re.fullmatch(r"assert (e\(\w+\)) == (\d+)", statement)
        if count:
            assert self.value(count[1]) == int(count[2]), line
        else:
            got, scale, wanted, tolerance = re.fullmatch(
                r"assert reldif\((\S+) / (\S+), (.+)\) < (\S+)", statement
            ).groups()
            top, _, bottom = wanted.partition(" / ")
            y = float(top) / float(bottom or 1)
            assert abs(self.value(got) / float(scale) - y) / (abs(y) + 1) < float(tolerance), line
        self.checked += 1

    def value(self, expression: str) -> float:
        line, _, result = self.results[-1]
        fit = result.fit if isinstance(result, IVResult) else result
        kind, name = re.fullmatch(r"(_b|_se|e)[\[(](.+)[\])]", expression).groups()
        if kind != "e":
            column = fit.coefficients if kind == "_b" else fit.standard_errors
            return float(column[fit.terms.index(name)])
        within = line.startswith("ivreghdfe") and not isinstance(result, IVResult)
        plain = {
            "N": fit.n,
            "r2": fit.r2_within if within else fit.r2,
            "r2_within": fit.r2_within,
            "F": fit.f,
            "df_r": fit.df_r,
        }
        if name in plain:
            return float(plain[name])
        tests, valid = result.identification, result.overidentification
        return {
            "idstat": tests.kp_rk_lm,
            "idp": tests.kp_rk_lm_p,
            "cdf": tests.cragg_donald_f,
            "widstat": tests.kp_rk_f,
            "j": valid.statistic,
            "jp": valid.p,
        }[name]
