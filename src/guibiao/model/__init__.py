"""The vocabulary that every room shares: pure values, no disk, no clock, no network."""
