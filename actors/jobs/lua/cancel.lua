#!lua flags=allow-oom
-- Ends a job wherever it stands before its film is ready; without its token, who has it stops at the next beat.
-- Answers 1, or 0 when there is nothing to cancel.
-- KEYS: job, active, both waiting.  ARGV: id, prefixes of a claim's blobs (JSON), error
local at = redis.call('HMGET', KEYS[1], 'status', 'claims', 'blobs')
if at[1] ~= 'pending' and at[1] ~= 'processing' then
  return 0
end
for i = 2, #KEYS do
  redis.call('ZREM', KEYS[i], ARGV[1])
end
for _, prefix in ipairs(cjson.decode(ARGV[2])) do
  redis.call('UNLINK', prefix .. ARGV[1] .. ':' .. (at[2] or '0'))
end
for _, blob in ipairs(cjson.decode(at[3] or '[]')) do
  redis.call('UNLINK', blob)
end
local time = redis.call('TIME')
redis.call('HDEL', KEYS[1], 'token', 'attempt')
redis.call('HSET', KEYS[1], 'status', 'cancelled', 'error', ARGV[3], 'error_code', 'cancelled', 'blobs', '[]',
  'extras', '{}', 'updated_ms', time[1] * 1000 + math.floor(time[2] / 1000))
changed(KEYS[1], ARGV[1])
return 1
