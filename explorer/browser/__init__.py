"""The browser: finds, hardens and launches Chromium, opens sessions, and limits runaway pages."""
