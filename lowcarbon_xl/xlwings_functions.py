"""The worksheet functions as a module for xlwings' "Import Functions": set UDF_MODULES to lowcarbon_xl.xlwings_functions."""

from __future__ import annotations

import lowcarbon_xl.functions  # noqa: F401  (declares the functions)
from lowcarbon_xl.catalogue import functions
from lowcarbon_xl.hosts.classic.ordinary import xlwings_functions

globals().update(xlwings_functions(functions()))
