/** What a Redis store does for a worker, each in one step, so that no other ever sees half of it: handing out, settling. */
import { script } from "./redisLibrary.ts"

export type ClaimedReply = readonly [
  id: string,
  lease: string,
  kind: string,
  lane: string,
  customer: string,
  digest: string,
  payload: string,
  acceptedAt: string,
  dueAt: string,
  expiresAt: string,
  attempts: string,
  uncertain: string | null
]

/** Lane, now, limit, batch, overtakeBefore, leaseUntil. */
export const claim = script<ReadonlyArray<ClaimedReply>>(`
local lane, now, limit, batch = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), math.max(tonumber(ARGV[4]), 1)
local taken, customers = {}, {}
local leases = tonumber(call('GET', P .. 'leases') or '0')

-- Kind, customer, digest, payload, acceptedAt, dueAt, expiresAt, attempts, uncertain, readyAt, state, seq.
local function look(id)
  return call('HMGET', entry(id), 'kind', 'customer', 'digest', 'payload', 'acceptedAt', 'dueAt', 'expiresAt', 'attempts',
    'uncertain', 'readyAt', 'state', 'seq')
end

local function take(id, one)
  local kind, customer, state = one[1], one[2], one[11]
  local lease = string.format('%.0f', leases + #taken + 1)
  call('HSET', entry(id), 'state', 'leased', 'lease', lease, 'readyAt', ARGV[6])
  if state == 'leased' then
    one[9] = '1'
    call('HSET', entry(id), 'uncertain', '1')
  end
  count(state, kind, lane, -1)
  count('leased', kind, lane, 1)
  if kind == 'impression' then call('ZADD', of('l', lane, customer), ARGV[6], id) end
  customers[customer] = true
  taken[#taken + 1] = { tonumber(one[12]), { id, lease, kind, lane, customer, unpack(one, 3, 9) } }
end

for _, member in ipairs(call('ZRANGEBYSCORE', P .. 'due:' .. lane, '-inf', ARGV[2], 'LIMIT', 0, ARGV[3])) do
  if #taken >= limit then break end
  local customer = string.sub(member, 17)
  local first = #taken
  local most = math.min(batch, limit - first)
  for _, id in ipairs(call('ZRANGE', of('q', lane, customer), 0, most - 1)) do
    local one = look(id)
    local alone = one[1] ~= 'impression'
    if tonumber(one[10]) > now or (alone and #taken > first) then break end
    take(id, one)
    if alone then break end
  end
  customers[customer] = true
end

-- No more than a thousand that are too young yet are looked at: they come first, and are old enough within a minute.
local over = call('ZRANGEBYSCORE', P .. 'over:' .. lane, '-inf', ARGV[2], 'LIMIT', 0, limit + 1000)
for _, customer in ipairs(over) do
  if #taken >= limit then break end
  if not customers[customer] then
    local id = call('ZRANGE', of('p', lane, customer), 0, 0)[1]
    if tonumber(call('HGET', entry(id), 'acceptedAt')) < tonumber(ARGV[5]) then take(id, look(id)) end
  end
end

for customer in pairs(customers) do refresh(lane, customer) end
if #taken > 0 then call('INCRBY', P .. 'leases', #taken) end
table.sort(taken, function(a, b) return a[1] < b[1] end)
for i, one in ipairs(taken) do taken[i] = one[2] end
return taken
`)

/** Eight of each settlement: id, lease, outcome, time, reason, counted, lost, result; reason and result may be empty. */
export const settle = script<ReadonlyArray<string>>(`
local refused, touched = {}, {}
for i = 1, #ARGV, 8 do
  local id, outcome, at = ARGV[i], ARGV[i + 2], ARGV[i + 3]
  local one = call('HMGET', entry(id), 'state', 'lease', 'kind', 'lane', 'customer', 'seq')
  local kind, lane, customer = one[3], one[4], one[5]
  local isOurs = one[1] == 'leased' and one[2] == ARGV[i + 1]
  if isOurs and ARGV[i + 6] == '1' then call('HSET', entry(id), 'uncertain', '1') end
  if not isOurs then
    refused[#refused + 1] = id
  elseif outcome == 'Failed' then
    call('HSET', entry(id), 'state', 'queued', 'dueAt', at, 'readyAt', at, 'reason', ARGV[i + 4])
    call('HINCRBY', entry(id), 'attempts', ARGV[i + 5])
    call('HDEL', entry(id), 'lease')
    if kind == 'impression' then call('ZREM', of('l', lane, customer), id) end
    count('leased', kind, lane, -1)
    count('queued', kind, lane, 1)
    touched[#touched + 1] = { lane, customer }
  else
    local state = string.lower(outcome)
    dequeue(id, kind, lane, customer, 'leased', one[6])
    call('HSET', entry(id), 'state', state, 'settledAt', at)
    if string.sub(ARGV[i + 7], 1, 1) == '=' then call('HSET', entry(id), 'result', string.sub(ARGV[i + 7], 2)) end
    if state == 'dead' then
      call('HSET', entry(id), 'reason', ARGV[i + 4])
      call('HDEL', entry(id), 'lease', 'readyAt')
      add(P .. 'dead', at, id)
      add(P .. 'dead:' .. lane, at, id)
    else
      call('HDEL', entry(id), 'lease', 'readyAt', 'payload')
      add(P .. 'delivered:' .. kind, at, id)
    end
    count(state, kind, lane, 1)
    touched[#touched + 1] = { lane, customer }
  end
end
for _, one in ipairs(touched) do refresh(one[1], one[2]) end
return refused
`)
