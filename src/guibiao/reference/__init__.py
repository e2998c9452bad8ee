"""Workspace folder -> frozen objects, checked against their schema."""
