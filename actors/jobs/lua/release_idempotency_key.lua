-- Gives an idempotency key back whose request was not accepted.
-- KEYS: record.  ARGV: owner
local at = redis.call('HMGET', KEYS[1], 'owner', 'job')
if at[1] == ARGV[1] and not at[2] then
  redis.call('UNLINK', KEYS[1])
end
return 1
