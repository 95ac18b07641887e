"""Navigation: goes to addresses and back, intercepts requests, and notices pages out of scope."""
