-- Creates a job, unless Redis was away for so long that the client has got an error.
-- Returns 1, 0 when it is too late, or -1 when the queue is full.
-- KEYS: job, waiting, idempotency record ('' for none).
-- ARGV: id, deadline_ms, ttl_s, maximum of waiting jobs, rank, field, value, ...
local now_ms = redis_ms()
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
create_job(KEYS[1], KEYS[2], ARGV[1], ARGV[3], ARGV[5], now_ms, {unpack(ARGV, 6)})
return 1
