"""The engine: runs one exploration from its start page to its last click."""
