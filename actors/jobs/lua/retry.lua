-- Puts a job that failed or was cancelled back into line: to be encoded if its footage is still there, else to be
-- filmed. What was told of it before is forgotten. Answers the new stage, '' when it has not ended, or 'full' when as many jobs wait as may.
-- KEYS: job, waiting for the camera, waiting for the encoder.
-- ARGV: id, ttl_s, most that may wait, fields of the last attempt (JSON), fields of the last exploration (JSON)
local at = redis.call('HMGET', KEYS[1], 'status', 'footage_key', 'timeline_key', 'rank')
if at[1] ~= 'failed' and at[1] ~= 'cancelled' then
  return ''
end
local filmed = at[2] and at[3] and redis.call('EXISTS', at[2], at[3]) == 2
if not filmed and redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[3]) then
  return 'full'
end
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
hush(ARGV[1])
redis.call('HDEL', KEYS[1], 'ended_ms', unpack(cjson.decode(ARGV[4])))
if not filmed then
  redis.call('HDEL', KEYS[1], unpack(cjson.decode(ARGV[5])))
end
redis.call('HSET', KEYS[1], 'stage', filmed and 'recorded' or 'queued', 'status', filmed and 'processing' or 'pending',
  'queued_ms', now_ms, 'updated_ms', now_ms)
redis.call('EXPIRE', KEYS[1], ARGV[2])
redis.call('ZADD', filmed and KEYS[3] or KEYS[2], (at[4] or 1) * 1e13 + now_ms, ARGV[1])
redis.call('HINCRBY', TOTALS, 'jobs:retried', 1)
changed(KEYS[1], ARGV[1])
return filmed and 'recorded' or 'queued'
