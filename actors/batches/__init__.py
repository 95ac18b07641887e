"""Batches: many films from one request. Rows, template, counts and feeder; every item is an ordinary job."""
