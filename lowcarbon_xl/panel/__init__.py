"""Panels of provinces and years: keys, balance, lag, interpolation, winsorizing, description."""
