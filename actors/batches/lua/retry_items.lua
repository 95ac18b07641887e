-- Lets items wait again that have failed, were cancelled or skipped; what they had come to is kept in their history.
-- Of completed ones that are named, makes a delivery due again that has failed.
-- Returns the numbers of the former.
-- KEYS: batch.  ARGV: batch id, sealed secrets ('' for none), numbers (JSON; '' for all)
local now_ms = redis_ms()
local numbers = {}
if ARGV[3] ~= '' then
  numbers = cjson.decode(ARGV[3])
else
  for _, state in ipairs({'failed', 'cancelled', 'skipped'}) do
    for _, number in ipairs(redis.call('ZRANGE', KEYS[1] .. ':' .. state, 0, -1)) do
      numbers[#numbers + 1] = tonumber(number)
    end
  end
end
local retried = {}
for _, number in ipairs(numbers) do
  local item = KEYS[1] .. ':items:' .. number
  local known = redis.call('HMGET', item, 'status', 'job_id', 'error', 'error_code', 'history', 'ended_ms')
  if known[1] == 'failed' or known[1] == 'cancelled' or known[1] == 'skipped' then
    if known[2] or known[3] then
      local history = cjson.decode(known[5] or '[]')
      history[#history + 1] = {status = known[1], job_id = or_null(known[2]), error = or_null(known[3]),
        error_code = or_null(known[4]), ended_ms = tonumber(known[6] or now_ms)}
      redis.call('HSET', item, 'history', cjson.encode(history))
      redis.call('HINCRBY', KEYS[1], 'retried', 1)
    end
    redis.call('HDEL', item, 'job_id', 'error', 'error_code', 'ended_ms', 'took_ms', 'film_s', 'bytes', 'exported',
      'delivery', 'delivery_error')
    put_item(KEYS[1], number, 'waiting')
    retried[#retried + 1] = number
  elseif known[1] == 'completed' and redis.call('HGET', item, 'delivery') == 'failed' then
    begin_delivery(KEYS[1], ARGV[1], number, now_ms)
  end
end
if #retried > 0 then
  reopen_batch(KEYS[1], ARGV[1], now_ms)
  if redis.call('HGET', KEYS[1], 'status') == 'cancelled' then
    redis.call('HSET', KEYS[1], 'status', 'processing')
  end
  if ARGV[2] ~= '' then
    redis.call('SET', SECRETS .. ARGV[1], ARGV[2])
  end
end
return retried
