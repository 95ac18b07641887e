"""Supervision: one child process for each stage, with limits on time, memory and disk."""
