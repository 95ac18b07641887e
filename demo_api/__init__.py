"""HTTP API, web page, command line and MCP tools: they submit jobs and deliver films."""
