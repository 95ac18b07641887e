"""Hostile pages and servers, and what becomes of a take that meets them."""
