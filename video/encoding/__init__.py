"""Encoding: ffmpeg's commands and processes, and the check of what they wrote."""
