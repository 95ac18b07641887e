-- Claims a waiting job for one worker: the named one, or the first of the queue.
-- Returns {id, the claim's number}, or {} when there is no job to claim.
-- `attempt` counts claims of the present stage, `claims` all of them, so that each has keys of its own.
-- KEYS: waiting, active.
-- ARGV: prefix of job keys, id ('' for the first of the queue), from, to, status, token, lease_ms, ttl_s
-- A job of a paused batch waits on in its place.
local function waits(id)
  local job = redis.call('HMGET', ARGV[1] .. id, 'stage', 'status')
  return job[1] == ARGV[3] and job[2] ~= 'failed' and job[2] ~= 'cancelled'
end
local function is_held(id)
  return ARGV[3] == 'queued' and is_batch_paused(ARGV[1] .. id)
end
local id = ARGV[2]
if id == '' then
  for _, next in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
    if waits(next) then
      if not is_held(next) then
        id = next
        break
      end
    else
      redis.call('ZREM', KEYS[1], next)
    end
  end
end
if id == '' or not waits(id) then
  return {}
end
local key = ARGV[1] .. id
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREM', KEYS[1], id)
redis.call('ZADD', KEYS[2], now_ms + ARGV[7], id)
redis.call('HSET', key, 'stage', ARGV[4], 'status', ARGV[5], 'token', ARGV[6], 'updated_ms', now_ms)
redis.call('EXPIRE', key, ARGV[8], 'GT')
redis.call('HINCRBY', key, 'attempt', 1)
publish_status(key, id)
return {id, redis.call('HINCRBY', key, 'claims', 1)}
