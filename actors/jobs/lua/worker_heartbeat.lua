#!lua flags=allow-oom
-- Writes the heartbeat of a worker and adds its counts; removes workers that are silent for too long.
-- KEYS: workers.  ARGV: name, its status (JSON), how long a silent worker is kept in ms, counter, increment, ...
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
local status = cjson.decode(ARGV[2])
status.at_ms = now_ms
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(status))
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
