"""Egress policy: which addresses a browser may reach, and the proxy that enforces it (SSRF protection)."""
