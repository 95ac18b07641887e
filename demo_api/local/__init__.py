"""Local: recording, inspecting and checking on this machine, without a server."""
