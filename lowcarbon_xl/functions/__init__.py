"""The worksheet functions: range in, one domain call, spill out. Importing this package fills the catalogue."""

from lowcarbon_xl.functions import capital, emissions, explain, preparation, productivity, regression

__all__ = ["capital", "emissions", "explain", "preparation", "productivity", "regression"]
