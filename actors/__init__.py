"""The line: settings, jobs, queues, leases and the supervision of one child process per stage."""
