"""Middleware: request guard, rate limit, authentication, headers, access log."""
