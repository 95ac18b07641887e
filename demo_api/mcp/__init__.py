"""MCP: the server's tools for language models."""
