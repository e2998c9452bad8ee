"""Interfaces for other programs: JSON, OpenAPI, catalogue, feed."""
