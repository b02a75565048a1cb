"""The worksheet functions: range in, one domain call, spill out. Importing this package fills the catalogue."""

from lowcarbon_xl.functions import (
    capital,
    emissions,
    explain,
    indicators,
    preparation,
    productivity,
    regression,
    scopes,
)

__all__ = ["capital", "emissions", "explain", "indicators", "preparation", "productivity", "regression", "scopes"]
