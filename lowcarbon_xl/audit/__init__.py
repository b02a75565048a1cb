"""Checks of the inputs in a sheet."""
