"""How a snapshot keeps a cell."""

from __future__ import annotations

import datetime as dt

Content = str | float | int | bool | dt.datetime | None
"""A cell as a snapshot keeps it: numbers and dates as they are; a text after ``s``, a formula after ``f``, an error
after ``e``, an array formula after ``a`` with its range and a bar."""

A4 = 9
"""Excel's number of the paper."""
