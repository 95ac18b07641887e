-- Deletes a job whose film was exported, fenced by the export's token; remembers for a while that it existed.
-- Returns 1, or 0 when the claim is lost.
-- KEYS: job, active, film, gone.  ARGV: id, token, remembered for in s
local job = redis.call('HMGET', KEYS[1], 'token', 'blobs', 'once')
if job[1] ~= ARGV[2] then
  return 0
end
note_exported(KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('UNLINK', KEYS[1], KEYS[3], unpack(cjson.decode(job[2] or '[]')))
if job[3] then
  redis.call('UNLINK', job[3])
end
delete_events(ARGV[1])
redis.call('HINCRBY', TOTALS, 'jobs:exported', 1)
local time = redis.call('TIME')
redis.call('ZREMRANGEBYSCORE', KEYS[4], 0, time[1])
redis.call('ZADD', KEYS[4], time[1] + ARGV[3], ARGV[1])
redis.call('EXPIRE', KEYS[4], ARGV[3])
return 1
