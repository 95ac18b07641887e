-- Creates a job, unless Redis was away for so long that the client has got an error.
-- Returns 1, 0 when it is too late, or -1 when the queue is full.
-- KEYS: job, waiting, idempotency record ('' for none).
-- ARGV: id, deadline_ms, ttl_s, maximum of waiting jobs, rank, field, value, ...
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
if now_ms > tonumber(ARGV[2]) or redis.call('EXISTS', KEYS[1]) == 1 then
  return 0
end
if redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[4]) then
  return -1
end
if KEYS[3] ~= '' then
  if redis.call('HGET', KEYS[3], 'owner') ~= ARGV[1] then
    return 0
  end
  redis.call('HSET', KEYS[3], 'job', ARGV[1])
  redis.call('EXPIRE', KEYS[3], ARGV[3])
end
redis.call('HSET', KEYS[1], 'created_ms', now_ms, 'updated_ms', now_ms, 'queued_ms', now_ms, 'rank', ARGV[5],
  unpack(ARGV, 6))
redis.call('EXPIRE', KEYS[1], ARGV[3])
redis.call('ZADD', KEYS[2], ARGV[5] * 1e13 + now_ms, ARGV[1])
redis.call('HINCRBY', TOTALS, 'jobs:accepted', 1)
publish_status(KEYS[1], ARGV[1])
return 1
