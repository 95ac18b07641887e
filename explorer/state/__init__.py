"""State of one exploration: frontier, known outcomes, refusals, screens that were seen."""
