"""Routes: the table of all operations, and their endpoints."""
