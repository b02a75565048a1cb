"""The worksheet functions: range in, one domain call, spill out. Importing this package fills the catalogue."""

# ruff: noqa: I001  (the order of declaration is the order of the manual)
from lowcarbon_xl.functions import preparation
from lowcarbon_xl.functions import emissions, scopes
from lowcarbon_xl.functions import capital, sbmddf, gtfp, frontier
from lowcarbon_xl.functions import robots, indicators, controls
from lowcarbon_xl.functions import regression, mechanism, heterogeneity, placebo, robustness
from lowcarbon_xl.functions import checks, published, explain, stale

__all__ = [
    "capital",
    "checks",
    "controls",
    "emissions",
    "explain",
    "frontier",
    "gtfp",
    "heterogeneity",
    "indicators",
    "mechanism",
    "placebo",
    "preparation",
    "published",
    "regression",
    "robots",
    "robustness",
    "sbmddf",
    "scopes",
    "stale",
]
