"""Benchmarking and temporal disaggregation."""
