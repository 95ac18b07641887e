-- Puts a job that failed or was cancelled back into a queue: to be encoded if its footage is still there, else to be
-- recorded. Deletes its events. Returns the new stage, '' when it has not ended, or 'full' when the queue is full.
-- KEYS: job, waiting to be recorded, waiting to be encoded.
-- ARGV: id, ttl_s, maximum of waiting jobs, fields of the last attempt (JSON), fields of the last exploration (JSON)
local job = redis.call('HMGET', KEYS[1], 'status', 'footage_key', 'timeline_key', 'rank')
if job[1] ~= 'failed' and job[1] ~= 'cancelled' then
  return ''
end
local filmed = job[2] and job[3] and redis.call('EXISTS', job[2], job[3]) == 2
if not filmed and redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[3]) then
  return 'full'
end
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
delete_events(ARGV[1])
redis.call('HDEL', KEYS[1], 'ended_ms', unpack(cjson.decode(ARGV[4])))
if not filmed then
  redis.call('HDEL', KEYS[1], unpack(cjson.decode(ARGV[5])))
end
redis.call('HSET', KEYS[1], 'stage', filmed and 'recorded' or 'queued', 'status', filmed and 'processing' or 'pending',
  'queued_ms', now_ms, 'updated_ms', now_ms)
redis.call('EXPIRE', KEYS[1], ARGV[2])
redis.call('ZADD', filmed and KEYS[3] or KEYS[2], (job[4] or 1) * 1e13 + now_ms, ARGV[1])
redis.call('HINCRBY', TOTALS, 'jobs:retried', 1)
restart_item(KEYS[1], ARGV[1])
publish_status(KEYS[1], ARGV[1])
return filmed and 'recorded' or 'queued'
