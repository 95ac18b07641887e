-- Accepts a job, unless Redis was away for so long that its client has already been told no.
-- KEYS: job, waiting.  ARGV: id, deadline_ms, ttl_s, field, value, ...
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
if now_ms > tonumber(ARGV[2]) or redis.call('EXISTS', KEYS[1]) == 1 then
  return 0
end
redis.call('HSET', KEYS[1], 'created_ms', now_ms, 'updated_ms', now_ms, unpack(ARGV, 4))
redis.call('EXPIRE', KEYS[1], ARGV[3])
redis.call('ZADD', KEYS[2], now_ms, ARGV[1])
return 1
