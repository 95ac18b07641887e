"""Monitoring: counters, registered workers, and the system's status."""
