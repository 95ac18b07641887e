-- Releases an idempotency key whose request was not accepted.
-- KEYS: record.  ARGV: owner
local key = redis.call('HMGET', KEYS[1], 'owner', 'job')
if key[1] == ARGV[1] and not key[2] then
  redis.call('UNLINK', KEYS[1])
end
return 1
