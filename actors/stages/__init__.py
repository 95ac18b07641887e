"""The stages, which run in a child process: record and encode."""
