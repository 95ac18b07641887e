"""Batches filmed into a folder: plan, state file, films fetched as they are ready, report."""
