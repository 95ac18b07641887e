"""Lookahead: tries clicks off camera in a second browser before they are filmed."""
