#!lua flags=allow-oom
-- Removes a worker that has stopped.
-- KEYS: workers.  ARGV: name
return redis.call('HDEL', KEYS[1], ARGV[1])
