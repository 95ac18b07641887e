-- Reserves an idempotency key for one request that is being accepted.
-- Returns {'new'}, {'other'} for another request than the first, {'busy'}, or {'same', id of its job}.
-- KEYS: record.  ARGV: fingerprint, owner (the id of the job to come), ttl_ms
local key = redis.call('HMGET', KEYS[1], 'fingerprint', 'job')
if not key[1] then
  redis.call('HSET', KEYS[1], 'fingerprint', ARGV[1], 'owner', ARGV[2])
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  return {'new'}
end
if key[1] ~= ARGV[1] then
  return {'other'}
end
if not key[2] then
  return {'busy'}
end
return {'same', key[2]}
