#!lua flags=allow-oom
-- Leases the next due webhook to one dispatcher; it is due again when the lease ends, unless it is settled before.
-- One to a receiver with too many open deliveries is postponed, so that it delays no others; one that this
-- dispatcher cannot sign is left to others. Entries whose record has expired are removed.
-- Returns the webhook's record as a list of field, value, ..., or nothing.
-- KEYS: webhooks.
-- ARGV: lease_ms, token, 1 if WEBHOOK_SECRET is set, postponed by in ms, busy receivers, ...
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
local busy = {}
for i = 5, #ARGV do
  busy[ARGV[i]] = true
end
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], 0, now_ms, 'LIMIT', 0, 100)) do
  local record = WEBHOOK .. id
  local webhook = redis.call('HMGET', record, 'receiver', 'callback_secret')
  if not webhook[1] then
    redis.call('ZREM', KEYS[1], id)
  elseif busy[webhook[1]] then
    redis.call('ZADD', KEYS[1], now_ms + ARGV[4], id)
  elseif webhook[2] or ARGV[3] == '1' then
    redis.call('ZADD', KEYS[1], now_ms + ARGV[1], id)
    redis.call('HSET', record, 'token', ARGV[2])
    redis.call('HINCRBY', record, 'attempt', 1)
    return redis.call('HGETALL', record)
  end
end
return {}
