"""Fuels, factor sets, emissions."""
