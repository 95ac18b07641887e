#!lua flags=allow-oom
-- Notes what came of a call: it is over, or due again later. The job is told if it is there and has not begun anew.
-- Answers 1, or 0 when another courier has the call by now, or another end of the job has taken its place.
-- KEYS: calls, job.  ARGV: id, token, state, due again in ms (with state waiting), error ('' for none)
local record = CALL .. ARGV[1]
local at = redis.call('HMGET', record, 'token', 'number', 'attempt')
if at[1] ~= ARGV[2] then
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
if job[1] == at[2] and job[2] then
  local error = ARGV[5] ~= '' and ARGV[5] or cjson.null
  redis.call('HSET', KEYS[2], 'callback_report',
    cjson.encode({state = ARGV[3], attempts = tonumber(at[3]), error = error}))
end
return 1
