-- Forgets a job whose film has left, fenced by the export's token. Answers 1, or 0 when the claim is lost.
-- KEYS: job, active, film.  ARGV: id, token
local at = redis.call('HMGET', KEYS[1], 'token', 'blobs')
if at[1] ~= ARGV[2] then
  return 0
end
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('UNLINK', KEYS[1], KEYS[3], unpack(cjson.decode(at[2] or '[]')))
return 1
