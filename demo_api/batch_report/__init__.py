"""The report of a batch as JSON, as CSV and as a page that can be printed."""
