-- Makes an ordinary job of an item that waits, where its batch and its host have room for another one.
-- Returns 1; 0 when the item does not wait or the batch does not go on; -1 when so many of its items run as may;
-- -2 when its host is not free.
-- KEYS: batch, job, waiting jobs.
-- ARGV: batch id, number, job id, ttl_s, rank, host, most at once on this host, pause between two there in ms,
-- field, value, ... of the job
local now_ms = redis_ms()
local batch = redis.call('HMGET', KEYS[1], 'status', 'max_concurrency')
local goes_on = batch[1] == 'pending' or batch[1] == 'processing'
if not goes_on or not redis.call('ZSCORE', KEYS[1] .. ':waiting', ARGV[2]) then
  return 0
end
if redis.call('ZCARD', KEYS[1] .. ':running') >= tonumber(batch[2]) then
  return -1
end
local pace = PACE .. ARGV[6]
local is_held = redis.call('SISMEMBER', KEYS[1] .. ':held', ARGV[6]) == 1
local is_busy = redis.call('ZCARD', pace) >= tonumber(ARGV[7]) or redis.call('EXISTS', pace .. ':next') == 1
if is_held or is_busy then
  return -2
end
local fields = {unpack(ARGV, 9)}
for _, part in ipairs({'batch', ARGV[1], 'item', ARGV[2], 'host', ARGV[6], 'pace_ms', ARGV[8]}) do
  fields[#fields + 1] = part
end
put_item(KEYS[1], ARGV[2], 'running')
redis.call('HSET', KEYS[1] .. ':items:' .. ARGV[2], 'job_id', ARGV[3], 'began_ms', now_ms)
redis.call('HINCRBY', KEYS[1] .. ':items:' .. ARGV[2], 'attempts', 1)
redis.call('ZADD', pace, now_ms, ARGV[3])
redis.call('EXPIRE', pace, 86400)
local secrets = redis.call('GET', SECRETS .. ARGV[1])
if secrets then
  redis.call('SET', SECRETS .. ARGV[3], secrets, 'EX', ARGV[4])
end
redis.call('HSET', KEYS[1], 'status', 'processing', 'updated_ms', now_ms)
redis.call('HDEL', KEYS[1], 'waits_for')
create_job(KEYS[2], KEYS[3], ARGV[3], ARGV[4], ARGV[5], now_ms, fields)
return 1
