"""Composite indices: denominate, impute, screen, treat, normalise, weigh, aggregate; a construction that replays.

Matrices are float64 with rows = (time, unit) and columns = indicators on the last two axes; missing is nan.
"""
