-- Keeps an idempotency key for one request that is being accepted.
-- Answers {'new'}, {'other'} for another request than the first, {'busy'}, or {'same', id of its job}.
-- KEYS: record.  ARGV: fingerprint, owner (the id of the job to come), ttl_ms
local at = redis.call('HMGET', KEYS[1], 'fingerprint', 'job')
if not at[1] then
  redis.call('HSET', KEYS[1], 'fingerprint', ARGV[1], 'owner', ARGV[2])
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  return {'new'}
end
if at[1] ~= ARGV[1] then
  return {'other'}
end
if not at[2] then
  return {'busy'}
end
return {'same', at[2]}
