"""Rendering: draws the frames of a composition."""
