"""What a row of the plan came to: its models or its table, what it read, what the ledger says of it."""

from __future__ import annotations

from dataclasses import dataclass

from lowcarbon_xl.cells import Block, Output
from lowcarbon_xl.econometrics.placebo import PlaceboResult
from lowcarbon_xl.econometrics.result import FitResult
from lowcarbon_xl.econometrics.spec import FloatArray
from lowcarbon_xl.provenance import NOTHING, Provenance, Sample
from lowcarbon_xl.ribbon.plan import PlanRow
from lowcarbon_xl.sheet.header import fold
from lowcarbon_xl.sheet.keys import PROVINCE_HEADERS, REGION_HEADERS, YEAR_HEADERS
from lowcarbon_xl.sheet.regression import sample_of
from lowcarbon_xl.tables.columns import expand
from lowcarbon_xl.tables.model import Model, Table


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What a row of the plan came to.

    Parameters
    ----------
    row : PlanRow
    inputs : Block
    models : tuple of Model
        Columns of a regression table; empty for a table of its own kind.
    table : Table or None
    main : FitResult or None
        The equation whose rows and conventions the ledger records.
    placebo : PlaceboResult or None
    first_stage : tuple or None
        Name of the instrument and of the endogenous variable, and both without controls and effects.
    seed : int or None
    provenance : Provenance
        Which columns were read as what.
    range : str
        The panel as formulas write it; empty for the cells of `inputs`.
    """

    row: PlanRow
    inputs: Block
    models: tuple[Model, ...] = ()
    table: Table | None = None
    main: FitResult | None = None
    placebo: PlaceboResult | None = None
    first_stage: tuple[str, str, FloatArray, FloatArray] | None = None
    seed: int | None = None
    provenance: Provenance = NOTHING
    range: str = ""

    @property
    def unread(self) -> frozenset[int]:
        """Columns of the panel that it does not rest on; keys count as read, for they say which row is which."""
        read = {reading.place for reading in self.provenance.readings}
        keys = PROVINCE_HEADERS | REGION_HEADERS | YEAR_HEADERS
        return frozenset(
            column
            for column, header in enumerate(self.inputs.values[0])
            if self.inputs.address(0, column) not in read and fold(str(header)) not in keys
        )

    @property
    def numbers(self) -> list[list[Output]]:
        """All that came out, as its hash in the ledger is taken of it."""
        if self.table is not None:
            return [[cell.value for cell in row] for row in (*self.table.header, *self.table.body)]
        rows: list[list[Output]] = []
        for column in (column for model in self.models for column in expand(model)):
            rows.append([column.dependent, column.fit.n if column.fit is not None else None])
            rows += [[term, one.value, one.error] for term, one in column.estimates.items()]
        return rows

    @property
    def sample(self) -> Sample:
        """How many rows it uses, and which it drops; unknown where its parts use different ones."""
        fits = [column.fit for model in self.models for column in expand(model) if column.fit is not None]
        if self.row.kind == "heterogeneity" and fits:
            return Sample(sum(fit.n for fit in fits))
        if self.main is not None:
            return sample_of(self.main)
        return self.provenance.sample or Sample()
