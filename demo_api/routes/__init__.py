"""Routes: every operation of the API, and the functions that answer."""
