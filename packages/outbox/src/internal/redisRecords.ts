/** What a Redis store knows, what is dead in it, what may go, and its notes: each in one step. */
import type { KnownReply } from "./redisEntries.ts"
import { script } from "./redisLibrary.ts"

/** Takes this version, and brings what an earlier one wrote up to it. Gives the one that is there. */
export const open = script<string>(`
local written = call('GET', P .. 'version')
if written and tonumber(written) >= tonumber(ARGV[1]) then return written end
for _, field in ipairs(call('HKEYS', P .. 'tally')) do call('DEL', P .. 'at:' .. string.match(field, '^%a+:%a+:(.*)$')) end
call('SET', P .. 'version', ARGV[1])
return ARGV[1]
`)

/** Gives the version that is there. */
export const written = script<string | null>(`return call('GET', P .. 'version')`)

export const find = script<KnownReply | null>(`
if call('EXISTS', entry(ARGV[1])) == 0 then return false end
return known(ARGV[1])
`)

/** Gives the earliest time of a lane. */
export const nextDueAt = script<string | null>(`
local due = call('ZRANGE', P .. 'due:' .. ARGV[1], 0, 0, 'WITHSCORES')[2]
local over = call('ZRANGE', P .. 'over:' .. ARGV[1], 0, 0, 'WITHSCORES')[2]
if due and over and tonumber(over) < tonumber(due) then return over end
return due or false
`)

/** Gives state, kind, lane and number of each, then kind, lane and the oldest time of each with something unsettled. */
export const counts = script<
  readonly [
    tallies: ReadonlyArray<readonly [state: string, kind: string, lane: string, entries: string]>,
    oldest: ReadonlyArray<readonly [kind: string, lane: string, at: string]>
  ]
>(`
local tallies, oldest, seen = {}, {}, {}
local all = call('HGETALL', P .. 'tally')
for i = 1, #all, 2 do
  local state, kind, lane = string.match(all[i], '^(%a+):(%a+):(.*)$')
  tallies[#tallies + 1] = { state, kind, lane, all[i + 1] }
  local open = P .. 'open:' .. kind .. ':' .. lane
  local first = not seen[open] and call('ZRANGE', open, 0, 0, 'WITHSCORES')[2]
  seen[open] = true
  if first then oldest[#oldest + 1] = { kind, lane, first } end
end
return { tallies, oldest }
`)

/**
 * Where the dead of a selection are: `1` and a lane or `0` and nothing, then the number of ids or -1 for all, and the ids.
 * \`from\` is where these arguments begin.
 */
const selected = `
local function select(from)
  local lane = ARGV[from] == '1' and ARGV[from + 1]
  local number = tonumber(ARGV[from + 2])
  if number < 0 then return call('ZRANGE', lane and (P .. 'dead:' .. lane) or (P .. 'dead'), 0, -1) end
  local found = {}
  for i = from + 3, from + 2 + number do
    local one = call('HMGET', entry(ARGV[i]), 'state', 'lane', 'settledAt')
    if one[1] == 'dead' and (not lane or one[2] == lane) then
      found[#found + 1] = { ARGV[i], tonumber(one[3]) }
    end
  end
  table.sort(found, function(a, b) return a[2] < b[2] or (a[2] == b[2] and a[1] < b[1]) end)
  for i, one in ipairs(found) do found[i] = one[1] end
  return found
end
`

/** Limit, `1` and the id after which to begin or `0` and nothing, a selection. Gives ids and what is known of them. */
export const dead = script<ReadonlyArray<readonly [id: string, known: KnownReply]>>(`${selected}
local page, limit = {}, tonumber(ARGV[1])
local after = ARGV[2] == '1' and call('ZSCORE', P .. 'dead', ARGV[3]) and ARGV[3]
local function show(id) if #page < limit then page[#page + 1] = { id, known(id) } end end
if tonumber(ARGV[6]) < 0 then
  local shelf = ARGV[4] == '1' and (P .. 'dead:' .. ARGV[5]) or (P .. 'dead')
  local from = after and call('ZRANK', shelf, after)
  from = from and from + 1 or 0
  for _, id in ipairs(call('ZRANGE', shelf, from, from + limit - 1)) do show(id) end
else
  local passed = not after
  for _, id in ipairs(select(4)) do
    if passed then show(id) end
    passed = passed or id == after
  end
end
return page
`)

/** A selection. Gives its ids in the order of acceptance. */
export const select = script<ReadonlyArray<string>>(`${selected}
local found = select(1)
for i, id in ipairs(found) do found[i] = { id, tonumber(call('HGET', entry(id), 'seq')) } end
table.sort(found, function(a, b) return a[2] < b[2] end)
for i, one in ipairs(found) do found[i] = one[1] end
return found
`)

/** Now, expiresAt, ids. Gives how many were dead. */
export const redrive = script<number>(`
local number = 0
for i = 3, #ARGV do
  local id = ARGV[i]
  local one = call('HMGET', entry(id), 'state', 'kind', 'lane', 'customer', 'acceptedAt')
  if one[1] == 'dead' then
    unshelve(id, one[2], one[3], 'dead')
    call('HDEL', entry(id), 'settledAt', 'reason', 'result')
    call('HSET', entry(id), 'expiresAt', ARGV[2])
    enqueue(id, one[2], one[3], one[4], one[5], ARGV[1])
    number = number + 1
  end
end
return number
`)

/** Ids. Gives how many were dead. */
export const drop = script<number>(`
local number = 0
for i = 1, #ARGV do
  local one = call('HMGET', entry(ARGV[i]), 'state', 'kind', 'lane')
  if one[1] == 'dead' then
    unshelve(ARGV[i], one[2], one[3], 'dead')
    call('DEL', entry(ARGV[i]))
    number = number + 1
  end
end
return number
`)

/** Most, then times for impressions, purchases, the dead and notes. Gives how many went. */
export const sweep = script<number>(`
local number, most = 0, tonumber(ARGV[1])
for i, kind in ipairs({ 'impression', 'purchase' }) do
  for _, id in ipairs(call('ZRANGEBYSCORE', P .. 'delivered:' .. kind, '-inf', '(' .. ARGV[i + 1], 'LIMIT', 0, most)) do
    unshelve(id, kind, call('HGET', entry(id), 'lane'), 'delivered')
    call('DEL', entry(id))
    number = number + 1
  end
end
for _, id in ipairs(call('ZRANGEBYSCORE', P .. 'dead', '-inf', '(' .. ARGV[4], 'LIMIT', 0, most)) do
  local one = call('HMGET', entry(id), 'kind', 'lane')
  unshelve(id, one[1], one[2], 'dead')
  call('DEL', entry(id))
  number = number + 1
end
for _, key in ipairs(call('ZRANGEBYSCORE', P .. 'notes', '-inf', '(' .. ARGV[5], 'LIMIT', 0, most)) do
  call('ZREM', P .. 'notes', key)
  call('DEL', P .. 'n:' .. key)
  number = number + 1
end
return number
`)

/** Key, note, time. */
export const note = script<string>(`
call('ZADD', P .. 'notes', ARGV[3], ARGV[1])
return call('SET', P .. 'n:' .. ARGV[1], ARGV[2])
`)

export const recall = script<string | null>(`return call('GET', P .. 'n:' .. ARGV[1])`)
