#!lua flags=allow-oom
-- Cancels a job whose film is not ready yet. Its worker, whose token it loses, stops at the next lease renewal.
-- Returns 1, or 0 when there is nothing to cancel.
-- KEYS: job, active, both waiting.  ARGV: id, prefixes of a claim's blobs (JSON), error
local job = redis.call('HMGET', KEYS[1], 'status', 'claims', 'blobs')
if job[1] ~= 'pending' and job[1] ~= 'processing' then
  return 0
end
for i = 2, #KEYS do
  redis.call('ZREM', KEYS[i], ARGV[1])
end
for _, prefix in ipairs(cjson.decode(ARGV[2])) do
  redis.call('UNLINK', prefix .. ARGV[1] .. ':' .. (job[2] or '0'))
end
for _, blob in ipairs(cjson.decode(job[3] or '[]')) do
  redis.call('UNLINK', blob)
end
local time = redis.call('TIME')
redis.call('HDEL', KEYS[1], 'token', 'attempt')
redis.call('HSET', KEYS[1], 'status', 'cancelled', 'error', ARGV[3], 'error_code', 'cancelled', 'blobs', '[]',
  'extras', '{}', 'updated_ms', time[1] * 1000 + math.floor(time[2] / 1000))
publish_status(KEYS[1], ARGV[1])
return 1
