"""The command line: `sitereel` and its commands."""
