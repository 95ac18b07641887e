-- Stands before every script, after the prelude: films of batches that are delivered to an address.
-- The address is in the hash `:addresses` of its batch until it is of no use any more, encrypted. The item's fields are
-- `delivery` (waiting, delivered, failed), `delivery_error`, `delivery_attempt`, `delivery_token` and `receiver`.
local FETCHED = 'The film was fetched before it was delivered.'

-- Makes the delivery of a completed item due, from its first attempt on. Returns whether it has one.
local function begin_delivery(batch_key, batch_id, number, now_ms)
  if redis.call('HEXISTS', batch_key .. ':addresses', number) == 0 then
    return false
  end
  local item = batch_key .. ':items:' .. number
  redis.call('HDEL', item, 'delivery_error', 'delivery_attempt', 'delivery_token')
  redis.call('HSET', item, 'delivery', 'waiting')
  redis.call('ZADD', DELIVERIES, now_ms, batch_id .. ':' .. number)
  return true
end

-- Ends the delivery of an item whose film is dropped now: `delivered`, or fetched by somebody.
local function end_delivery(batch_key, batch_id, number, delivered)
  local item = batch_key .. ':items:' .. number
  local state = redis.call('HGET', item, 'delivery')
  if not state then
    return
  end
  if delivered then
    redis.call('HSET', item, 'delivery', 'delivered')
    redis.call('HDEL', item, 'delivery_error')
  elseif state == 'waiting' then
    redis.call('HSET', item, 'delivery', 'failed', 'delivery_error', FETCHED)
  end
  redis.call('HDEL', item, 'delivery_token')
  redis.call('HDEL', batch_key .. ':addresses', number)
  redis.call('ZREM', DELIVERIES, batch_id .. ':' .. number)
end
