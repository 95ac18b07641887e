#!lua flags=allow-oom
-- Elects one watchdog as leader until ttl_ms. Returns 1 when it is the caller, else 0.
-- When no watchdog called for half a lease, and for 4 s, Redis was away and no lease could be renewed (each calls once
-- a second): all leases start again, so that no worker that went on filming loses its job.
-- KEYS: leader, time of the last call, active.  ARGV: name, ttl_ms, lease_ms
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
local seen_ms = redis.call('GET', KEYS[2])
redis.call('SET', KEYS[2], string.format('%.0f', now_ms), 'EX', 3600)
if seen_ms and now_ms - seen_ms > math.max(ARGV[3] / 2, 4000) then
  for _, id in ipairs(redis.call('ZRANGE', KEYS[3], 0, -1)) do
    redis.call('ZADD', KEYS[3], 'GT', now_ms + ARGV[3], id)
  end
end
local leader = redis.call('GET', KEYS[1])
if leader and leader ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
