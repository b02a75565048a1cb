"""The worked example, ``workbook/lowcarbon.xlsx``, and the manual that is made from the catalogue."""

from lowcarbon_xl.example.assemble import build

__all__ = ["build"]
