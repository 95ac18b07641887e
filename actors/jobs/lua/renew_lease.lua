#!lua flags=allow-oom
-- Renews a lease and all times to live, writes and publishes progress, also when memory is full.
-- No time to live gets shorter: the films of a batch live as long as that.
-- Returns 1, or 0 when the claim is lost.
-- KEYS: job, active, film, then the claim's blobs.
-- ARGV: id, token, lease_ms, ttl_s, events as pairs of kind and data (JSON), field, value, ...
local job = redis.call('HMGET', KEYS[1], 'token', 'blobs', 'once')
if job[1] ~= ARGV[2] then
  return 0
end
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[2], now_ms + ARGV[3], ARGV[1])
redis.call('HSET', KEYS[1], 'updated_ms', now_ms, unpack(ARGV, 6))
redis.call('EXPIRE', KEYS[1], ARGV[4], 'GT')
for i = 3, #KEYS do
  redis.call('EXPIRE', KEYS[i], ARGV[4], 'GT')
end
for _, key in ipairs(cjson.decode(job[2] or '[]')) do
  redis.call('EXPIRE', key, ARGV[4], 'GT')
end
if job[3] then
  redis.call('EXPIRE', job[3], ARGV[4], 'GT')
end
redis.call('EXPIRE', EVENTS .. ARGV[1], ARGV[4], 'GT')
for _, event in ipairs(cjson.decode(ARGV[5])) do
  publish(KEYS[1], ARGV[1], event[1], event[2])
end
return 1
