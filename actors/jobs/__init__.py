"""Jobs: record, states, Redis keys, and the store with one Lua script for each change."""
