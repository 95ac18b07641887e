"""Typography: text in every script, with the fonts that this machine has."""
