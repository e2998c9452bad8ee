"""Forecasts of areas and classes that add up."""
