"""Schemas: models of requests and responses."""
