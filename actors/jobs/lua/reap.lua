#!lua flags=allow-oom
-- Takes jobs back whose lease has run out: to where they waited before, or to their end after too many attempts.
-- What the lost claim had stored is dropped; footage that is waiting to be encoded stays, for another try.
-- Answers the ids of jobs taken back.
-- KEYS: active, waiting for the camera, waiting for the encoder.
-- ARGV: prefix of job keys, prefixes of a claim's blobs (JSON), max_attempts, back table, status table (JSON),
-- error of the attempt, error of the last one, fields of an exploration (JSON)
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
local blobs = cjson.decode(ARGV[2])
local back, status, told = cjson.decode(ARGV[4]), cjson.decode(ARGV[5]), cjson.decode(ARGV[8])
local taken = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], 0, now_ms)) do
  local key = ARGV[1] .. id
  local at = redis.call('HMGET', key, 'stage', 'attempt', 'claims', 'rank', 'queued_ms', 'failures')
  redis.call('ZREM', KEYS[1], id)
  local to = at[1] and back[at[1]]
  if to then
    redis.call('HDEL', key, 'token')
    for _, prefix in ipairs(blobs) do
      redis.call('UNLINK', prefix .. id .. ':' .. at[3])
    end
    if to ~= 'ready' then
      local failures = cjson.decode(at[6] or '[]')
      failures[#failures + 1] = {stage = at[1], attempt = tonumber(at[2]), code = 'lease_lost', error = ARGV[6]}
      redis.call('HSET', key, 'failures', cjson.encode(failures))
      redis.call('HINCRBY', TOTALS, 'attempts_failed:lease_lost', 1)
    end
    if to ~= 'ready' and tonumber(at[2]) >= tonumber(ARGV[3]) then
      redis.call('HSET', key, 'status', 'failed', 'error', ARGV[7], 'error_code', 'attempts_exhausted',
        'updated_ms', now_ms)
    else
      redis.call('HSET', key, 'stage', to, 'status', status[to], 'updated_ms', now_ms)
      if to == 'queued' then
        redis.call('HDEL', key, unpack(told))
      end
      if to ~= 'ready' then
        redis.call('ZADD', to == 'queued' and KEYS[2] or KEYS[3], at[4] * 1e13 + at[5], id)
      end
    end
    changed(key, id)
    taken[#taken + 1] = id
  end
end
return taken
