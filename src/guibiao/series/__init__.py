"""Time series: from what is published to monthly series, adjusted, benchmarked, nowcast, forecast and reconciled."""
