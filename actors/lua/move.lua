#!lua flags=allow-oom
-- Moves a claimed job on, fenced by its token; publishes and drops blobs in the same breath.
-- Answers 1, or 0 when the claim is lost or the job is not where the claim says.
-- KEYS: job, waiting, active, publish from, publish to, then blobs to drop.
-- ARGV: id, token, from, to, status, waits (0 or 1), publishes (0 or 1), ttl_s, field, value, ...
local at = redis.call('HMGET', KEYS[1], 'token', 'stage')
if at[1] ~= ARGV[2] or at[2] ~= ARGV[3] then
  return 0
end
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
if ARGV[7] == '1' then
  redis.call('RENAME', KEYS[4], KEYS[5])
  redis.call('EXPIRE', KEYS[5], ARGV[8])
end
for i = 6, #KEYS do
  redis.call('UNLINK', KEYS[i])
end
redis.call('ZREM', KEYS[3], ARGV[1])
if ARGV[6] == '1' then
  redis.call('ZADD', KEYS[2], now_ms, ARGV[1])
end
redis.call('HSET', KEYS[1], 'stage', ARGV[4], 'status', ARGV[5], 'updated_ms', now_ms, unpack(ARGV, 9))
redis.call('HDEL', KEYS[1], 'token', 'attempt')
redis.call('EXPIRE', KEYS[1], ARGV[8])
return 1
