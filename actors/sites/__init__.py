"""Site files: what an operator has written down for the sites of some hosts, and how a film follows it."""
