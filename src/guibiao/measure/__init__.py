"""Derived indicators: formulas of the workspace, evaluated over sets of observations."""
