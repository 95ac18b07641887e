#!lua flags=allow-oom
-- Leases the next call that is due to one courier: it is due again when the lease ends, should nobody settle it.
-- A call to a receiver that has enough of them open goes aside for a while, so that it holds up no others; one that
-- this courier cannot sign is left to others. What was not delivered for a day is no more news.
-- Answers the call's record as a list of field, value, ..., or nothing.
-- KEYS: calls.
-- ARGV: lease_ms, token, 1 if WEBHOOK_SECRET is at hand, how long to go aside in ms, receivers that have enough, ...
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
local enough = {}
for i = 5, #ARGV do
  enough[ARGV[i]] = true
end
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], 0, now_ms, 'LIMIT', 0, 100)) do
  local record = CALL .. id
  local at = redis.call('HMGET', record, 'receiver', 'callback_secret')
  if not at[1] then
    redis.call('ZREM', KEYS[1], id)
  elseif enough[at[1]] then
    redis.call('ZADD', KEYS[1], now_ms + ARGV[4], id)
  elseif at[2] or ARGV[3] == '1' then
    redis.call('ZADD', KEYS[1], now_ms + ARGV[1], id)
    redis.call('HSET', record, 'token', ARGV[2])
    redis.call('HINCRBY', record, 'attempt', 1)
    return redis.call('HGETALL', record)
  end
end
return {}
