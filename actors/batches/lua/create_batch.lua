-- Creates a batch whose items all wait, unless Redis was away for so long that the client has got an error.
-- Returns 1, or 0 when it is too late.
-- KEYS: batch, idempotency record ('' for none).
-- ARGV: id, deadline_ms, hosts (JSON: a list with one for each item), rows (JSON: a list with one JSON text for each
-- item), sealed secrets ('' for none), deliveries (JSON: by item number its encrypted address and its receiver),
-- field, value, ...
local now_ms = redis_ms()
if now_ms > tonumber(ARGV[2]) or redis.call('EXISTS', KEYS[1]) == 1 then
  return 0
end
if KEYS[2] ~= '' then
  if redis.call('HGET', KEYS[2], 'owner') ~= ARGV[1] then
    return 0
  end
  redis.call('HSET', KEYS[2], 'job', ARGV[1])
  redis.call('EXPIRE', KEYS[2], 86400)
end
local hosts, rows = cjson.decode(ARGV[3]), cjson.decode(ARGV[4])
redis.call('HSET', KEYS[1], 'created_ms', now_ms, 'updated_ms', now_ms, 'status', 'pending', 'total', #rows,
  unpack(ARGV, 7))
for number = 1, #rows do
  redis.call('HSET', KEYS[1] .. ':rows', number, rows[number])
  redis.call('HSET', KEYS[1] .. ':hosts', number, hosts[number])
  -- What failed there in an earlier batch says nothing of this one.
  redis.call('UNLINK', PACE .. hosts[number] .. ':failures')
  redis.call('ZADD', KEYS[1] .. ':waiting', number, number)
  redis.call('HSET', KEYS[1] .. ':items:' .. number, 'status', 'waiting')
end
for number, delivery in pairs(cjson.decode(ARGV[6])) do
  redis.call('HSET', KEYS[1] .. ':addresses', number, delivery[1])
  redis.call('HSET', KEYS[1] .. ':items:' .. number, 'receiver', delivery[2])
end
if ARGV[5] ~= '' then
  redis.call('SET', SECRETS .. ARGV[1], ARGV[5])
end
redis.call('ZADD', BATCHES, now_ms, ARGV[1])
return 1
