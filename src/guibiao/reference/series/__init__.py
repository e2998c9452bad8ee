"""Specifications of methods on time series, as a workspace or a file given with --spec states them."""
