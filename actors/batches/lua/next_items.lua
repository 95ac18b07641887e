-- Returns the items that may begin next, in order: those that wait on hosts with room for another film.
-- Returns a list of number, host, row, ...; or 1 when all that waits is on hosts that are left alone, and nothing runs.
-- KEYS: batch.  ARGV: most films at once on a host
local status, most = unpack(redis.call('HMGET', KEYS[1], 'status', 'max_concurrency'))
local room = tonumber(most or 0) - redis.call('ZCARD', KEYS[1] .. ':running')
if (status ~= 'pending' and status ~= 'processing') or room <= 0 then
  return {}
end
-- By host: how many more films it has room for, or that it is left alone.
local rooms = {}
local function room_on(host)
  if not rooms[host] then
    local pace = PACE .. host
    if redis.call('SISMEMBER', KEYS[1] .. ':held', host) == 1 then
      rooms[host] = 'held'
    elseif redis.call('EXISTS', pace .. ':next') == 1 then
      rooms[host] = 0
    else
      rooms[host] = tonumber(ARGV[1]) - redis.call('ZCARD', pace)
    end
  end
  return rooms[host]
end
local found, is_held = {}, nil
for _, number in ipairs(redis.call('ZRANGE', KEYS[1] .. ':waiting', 0, -1)) do
  local host = redis.call('HGET', KEYS[1] .. ':hosts', number)
  local left = room_on(host)
  if left == 'held' then
    is_held = is_held ~= false
  else
    is_held = false
    if left > 0 then
      rooms[host] = left - 1
      for _, part in ipairs({number, host, redis.call('HGET', KEYS[1] .. ':rows', number)}) do
        found[#found + 1] = part
      end
      if #found >= 3 * room then
        break
      end
    end
  end
end
if is_held and redis.call('ZCARD', KEYS[1] .. ':running') == 0 then
  return 1
end
return found
