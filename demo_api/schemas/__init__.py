"""Schemas: what requests and answers look like."""
