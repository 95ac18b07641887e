"""Export: the one-time download of a film."""
