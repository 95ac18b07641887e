#!lua flags=allow-oom
-- Writes the result of a delivery: the webhook is done, or due again later. The job or batch gets the result too,
-- unless it is gone or was retried.
-- Returns 1, or 0 when another dispatcher has the webhook, or another end of it has replaced it.
-- KEYS: webhooks, job or batch.  ARGV: id, token, state, due again in ms (with state waiting), error ('' for none)
local record = WEBHOOK .. ARGV[1]
local webhook = redis.call('HMGET', record, 'token', 'number', 'attempt')
if webhook[1] ~= ARGV[2] then
  return 0
end
if ARGV[3] == 'waiting' then
  local time = redis.call('TIME')
  redis.call('ZADD', KEYS[1], time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[4], ARGV[1])
  redis.call('HDEL', record, 'token')
else
  redis.call('ZREM', KEYS[1], ARGV[1])
  redis.call('UNLINK', record)
end
local job = redis.call('HMGET', KEYS[2], 'calls', 'ended_ms')
if job[1] == webhook[2] and job[2] then
  local error = ARGV[5] ~= '' and ARGV[5] or cjson.null
  redis.call('HSET', KEYS[2], 'callback_report',
    cjson.encode({state = ARGV[3], attempts = tonumber(webhook[3]), error = error}))
end
return 1
