"""Recognizes start pages that cannot be filmed: walls, captchas, error pages, other media types."""
