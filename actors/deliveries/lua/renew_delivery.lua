#!lua flags=allow-oom
-- Renews the lease of a delivery. Returns 1, or 0 when another process has it.
-- KEYS: deliveries.  ARGV: batch id, item number, token, lease_ms
local item = BATCH .. ARGV[1] .. ':items:' .. ARGV[2]
if redis.call('HGET', item, 'delivery_token') ~= ARGV[3] then
  return 0
end
redis.call('ZADD', KEYS[1], redis_ms() + ARGV[4], ARGV[1] .. ':' .. ARGV[2])
return 1
