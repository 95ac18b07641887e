"""Editing: from footage and timeline to a composition that says what each film frame shows."""
