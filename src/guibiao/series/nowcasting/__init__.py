"""Nowcasts at a ragged edge, their news and backtests."""
