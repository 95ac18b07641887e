#!lua flags=allow-oom
-- Writes what has become of an attempt at a delivery that did not succeed: it is due again, or has failed.
-- Returns 1, or 0 when another process has the delivery, or it has ended.
-- KEYS: deliveries.
-- ARGV: batch id, item number, token, state (waiting, postponed or failed), due again in ms, error, 1 to forget the address
local batch_key = BATCH .. ARGV[1]
local item, name = batch_key .. ':items:' .. ARGV[2], ARGV[1] .. ':' .. ARGV[2]
if redis.call('HGET', item, 'delivery_token') ~= ARGV[3] then
  return 0
end
redis.call('HDEL', item, 'delivery_token')
if ARGV[4] == 'failed' then
  redis.call('ZREM', KEYS[1], name)
  redis.call('HSET', item, 'delivery', 'failed')
else
  redis.call('ZADD', KEYS[1], redis_ms() + ARGV[5], name)
end
if ARGV[4] == 'postponed' then
  redis.call('HINCRBY', item, 'delivery_attempt', -1)
else
  redis.call('HSET', item, 'delivery_error', ARGV[6])
end
if ARGV[7] == '1' then
  redis.call('HDEL', batch_key .. ':addresses', ARGV[2])
end
return 1
