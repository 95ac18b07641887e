"""Stages: what the child process of a stage does: record, or encode."""
