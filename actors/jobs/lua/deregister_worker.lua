#!lua flags=allow-oom
-- Forgets a worker that has said goodbye.
-- KEYS: workers.  ARGV: name
return redis.call('HDEL', KEYS[1], ARGV[1])
