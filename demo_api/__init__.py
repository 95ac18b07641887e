"""The door: HTTP and command line. Knows jobs, not browsers."""
