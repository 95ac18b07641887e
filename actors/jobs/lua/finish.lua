-- Forgets a job whose film has left, fenced by the export's token; only that it was there is kept for a while.
-- Answers 1, or 0 when the claim is lost.
-- KEYS: job, active, film, gone.  ARGV: id, token, how long it is remembered in s
local at = redis.call('HMGET', KEYS[1], 'token', 'blobs', 'once')
if at[1] ~= ARGV[2] then
  return 0
end
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('UNLINK', KEYS[1], KEYS[3], unpack(cjson.decode(at[2] or '[]')))
if at[3] then
  redis.call('UNLINK', at[3])
end
hush(ARGV[1])
redis.call('HINCRBY', TOTALS, 'jobs:exported', 1)
local time = redis.call('TIME')
redis.call('ZREMRANGEBYSCORE', KEYS[4], 0, time[1])
redis.call('ZADD', KEYS[4], time[1] + ARGV[3], ARGV[1])
redis.call('EXPIRE', KEYS[4], ARGV[3])
return 1
