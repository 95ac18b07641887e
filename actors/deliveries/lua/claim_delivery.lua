#!lua flags=allow-oom
-- Leases the next delivery that is due to one process; it is due again when the lease ends, unless it is settled before.
-- One to a receiver with too many open deliveries is postponed, so that it delays no others.
-- Returns {batch id, item number, job id, attempt, receiver, encrypted address}, or {} when there is none.
-- KEYS: deliveries.
-- ARGV: lease_ms, token, postponed by in ms, busy receivers, ...
local now_ms = redis_ms()
local busy = {}
for i = 4, #ARGV do
  busy[ARGV[i]] = true
end
for _, name in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], 0, now_ms, 'LIMIT', 0, 100)) do
  local batch_id, number = string.match(name, '^(.*):(%d+)$')
  local item = BATCH .. batch_id .. ':items:' .. number
  local known = redis.call('HMGET', item, 'delivery', 'job_id', 'receiver')
  local address = redis.call('HGET', BATCH .. batch_id .. ':addresses', number)
  if known[1] ~= 'waiting' or not address then
    redis.call('ZREM', KEYS[1], name)
  elseif busy[known[3]] then
    redis.call('ZADD', KEYS[1], now_ms + ARGV[3], name)
  else
    redis.call('ZADD', KEYS[1], now_ms + ARGV[1], name)
    redis.call('HSET', item, 'delivery_token', ARGV[2])
    return {batch_id, tonumber(number), known[2], redis.call('HINCRBY', item, 'delivery_attempt', 1), known[3],
      address}
  end
end
return {}
