"""Forecasts with intervals, simulated paths of short annual series, scenarios."""
