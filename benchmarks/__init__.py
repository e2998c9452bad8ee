"""How long the work takes at scale: `python -m benchmarks`, or `make bench`."""
