"""Deflating, capital stock, the frontier, SBM-DDF, Malmquist-Luenberger indices, certificates."""
