#!lua flags=allow-oom
-- Moves a claimed job to another stage, fenced by its token; publishes its film and deletes blobs in the same step.
-- Returns 1, 0 when the claim is lost or the job is not where the claim says, or -1 when there is no film to publish.
-- KEYS: job, active, waiting ('' when it does not wait), publish from ('' for nothing), publish to, the claim's blobs.
-- ARGV: id, token, from, to, status, what to do with the count of attempts (reset, keep, undo), ttl_s,
-- blobs to keep (JSON, '' for all), field, value, ...
local job = redis.call('HMGET', KEYS[1], 'token', 'stage', 'blobs', 'rank', 'queued_ms')
if job[1] ~= ARGV[2] or job[2] ~= ARGV[3] then
  return 0
end
if KEYS[4] ~= '' then
  if redis.call('EXISTS', KEYS[4]) == 0 then
    return -1
  end
  redis.call('RENAME', KEYS[4], KEYS[5])
end
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
local blobs = cjson.decode(job[3] or '[]')
if ARGV[8] ~= '' then
  local had, kept = blobs, {}
  blobs = cjson.decode(ARGV[8])
  for _, key in ipairs(blobs) do
    kept[key] = true
  end
  for i = 6, #KEYS do
    had[#had + 1] = KEYS[i]
  end
  for _, key in ipairs(had) do
    if not kept[key] then
      redis.call('UNLINK', key)
    end
  end
  redis.call('HSET', KEYS[1], 'blobs', ARGV[8])
end
redis.call('EXPIRE', KEYS[5], ARGV[7], 'GT')
for _, key in ipairs(blobs) do
  redis.call('EXPIRE', key, ARGV[7], 'GT')
end
redis.call('ZREM', KEYS[2], ARGV[1])
if KEYS[3] ~= '' then
  redis.call('ZADD', KEYS[3], job[4] * 1e13 + job[5], ARGV[1])
end
redis.call('HSET', KEYS[1], 'stage', ARGV[4], 'status', ARGV[5], 'updated_ms', now_ms, unpack(ARGV, 9))
redis.call('HDEL', KEYS[1], 'token')
if ARGV[6] == 'reset' then
  redis.call('HDEL', KEYS[1], 'attempt')
elseif ARGV[6] == 'undo' then
  redis.call('HINCRBY', KEYS[1], 'attempt', -1)
end
redis.call('EXPIRE', KEYS[1], ARGV[7], 'GT')
publish_status(KEYS[1], ARGV[1])
return 1
