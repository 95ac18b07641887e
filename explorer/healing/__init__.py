"""Finds an element again that a release has moved or renamed, or refuses to guess."""
