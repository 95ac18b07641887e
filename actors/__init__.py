"""The job pipeline: settings, jobs, queues, leases, and supervision of one child process per stage."""
