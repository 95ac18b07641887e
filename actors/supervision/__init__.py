"""Supervision of one child process per stage, with limits on time, memory and disk."""
