#!lua flags=allow-oom
-- Leases the one archive of a batch that may be downloaded at a time: claims, renews or releases that.
-- A batch that is being downloaded is kept, with the films that are not in the archive yet.
-- Returns 1, or 0 when another download has it.
-- KEYS: batch.  ARGV: batch id, claim, renew or release, token, lease_ms
local lease = KEYS[1] .. ':export'
local holder = redis.call('GET', lease)
if holder ~= ARGV[3] and (holder or ARGV[2] ~= 'claim') then
  return 0
end
if ARGV[2] == 'release' then
  redis.call('UNLINK', lease)
  return 1
end
redis.call('SET', lease, ARGV[3], 'PX', ARGV[4])
local batch = redis.call('HMGET', KEYS[1], 'ttl_s', 'total', 'ended_ms')
if batch[3] and redis.call('TTL', KEYS[1]) < tonumber(batch[1]) / 2 then
  expire_batch(KEYS[1], tonumber(batch[2]), tonumber(batch[1]))
end
return 1
