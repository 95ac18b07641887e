"""Form values: which field is filled in with what."""
