"""Guibiao 圭表: measures a city's digital economy, and gives every number a passport."""

__version__ = "0.1.0"
