"""Capture: cameras, and the footage that they write."""
