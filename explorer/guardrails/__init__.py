"""Guardrails: what is never clicked, filled in or visited. Pure checks over texts, markup and URLs."""
