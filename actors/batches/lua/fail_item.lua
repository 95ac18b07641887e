#!lua flags=allow-oom
-- Fails an item that has no job, or whose job is gone, and ends the batch with its last item.
-- Returns 1, or 0 when the item is in another state by now.
-- KEYS: batch.  ARGV: batch id, number, state that it is in, its job ('' for none), error, error code, host
local item = KEYS[1] .. ':items:' .. ARGV[2]
local known = redis.call('HMGET', item, 'status', 'job_id')
if known[1] ~= ARGV[3] or (known[2] or '') ~= ARGV[4] then
  return 0
end
local now_ms = redis_ms()
put_item(KEYS[1], ARGV[2], 'failed')
redis.call('HSET', item, 'error', ARGV[5], 'error_code', ARGV[6], 'ended_ms', now_ms)
if ARGV[4] == '' then
  redis.call('HINCRBY', item, 'attempts', 1)
else
  release_host(KEYS[1], ARGV[7], ARGV[4], '', 1)
end
redis.call('HSET', KEYS[1], 'updated_ms', now_ms)
end_batch_if_done(KEYS[1], ARGV[1], now_ms)
return 1
