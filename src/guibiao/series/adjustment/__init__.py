"""Seasonal adjustment: calendar, engines, diagnostics, grade, and policies of revision."""
