"""Indicators of the study: robot exposure, composite indices, upgrading, energy efficiency, controls."""
