#!lua flags=allow-oom
-- Notes that a worker lives and what it is at, forgets those that have fallen silent, and adds what it has counted.
-- KEYS: workers.  ARGV: name, what it tells (JSON), for how long a silent one is kept in ms, count, by how much, ...
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
local told = cjson.decode(ARGV[2])
told.at_ms = now_ms
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(told))
local entries = redis.call('HGETALL', KEYS[1])
for i = 1, #entries, 2 do
  if now_ms - cjson.decode(entries[i + 1]).at_ms > tonumber(ARGV[3]) then
    redis.call('HDEL', KEYS[1], entries[i])
  end
end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
for i = 4, #ARGV, 2 do
  redis.call('HINCRBYFLOAT', TOTALS, ARGV[i], ARGV[i + 1])
end
return 1
