"""Local: records, inspects and checks on this machine, without a server."""
