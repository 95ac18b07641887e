"""Client: calls a Sitereel server, and saves films and artifacts."""
