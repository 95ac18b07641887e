-- Keeps the films of a batch that goes on: they are not to expire before it ends.
-- KEYS: batch.  ARGV: ttl_s
keep_films(KEYS[1], ARGV[1])
return 1
