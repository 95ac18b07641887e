"""Client: talks to a Sitereel server, and saves what it made."""
