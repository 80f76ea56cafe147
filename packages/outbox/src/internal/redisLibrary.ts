/**
 * The keys of a Redis store, and the Lua that every script of it begins with.
 *
 * All keys begin with `{prefix}:`, so that in a cluster they live on one node. `Q` is the length of the lane, the lane and
 * the customer, parted by colons.
 *
 * | key                                  | holds                                                                      |
 * | ------------------------------------ | -------------------------------------------------------------------------- |
 * | `e:<id>`                             | hash: an entry; `readyAt` is when it is due, or when its lease ends        |
 * | `q:Q`, `p:Q`                         | zset by order: a customer's unsettled entries, and the purchases of those  |
 * | `l:Q`                                | zset by end of lease: the impressions of a customer that a worker has      |
 * | `due:<lane>`                         | zset by `readyAt` of the first entry: customers, after their entry's order |
 * | `over:<lane>`                        | zset: customers whose first purchase stands behind impressions, by when it |
 * |                                      | is ready and no impression of theirs is leased                             |
 * | `open:<kind>:<lane>`                 | zset by `acceptedAt`: unsettled entries                                    |
 * | `delivered:<kind>`                   | zset by time: delivered entries                                            |
 * | `dead`, `dead:<lane>`                | zset by time: dead entries                                                 |
 * | `tally`                              | hash: how many entries by state, kind and lane; `held` for all unsettled   |
 * | `n:<key>`, `notes`                   | a note, and a zset of all their keys by time                               |
 * | `order`, `leases`, `version`         | counters, and the version of all this                                      |
 */
import * as Redis from "effect/persistence/Redis"

export { Redis } from "effect/persistence/Redis"
export type { RedisError, Script } from "effect/persistence/Redis"

/** The version of the keys above. The first had a hash `at:<lane>` of a customer's member in `due` beside them. */
export const version = 2

const library = `
local P = KEYS[1] .. ':'
local call = redis.call
local function entry(id) return P .. 'e:' .. id end
local function of(what, lane, customer) return P .. what .. ':' .. #lane .. ':' .. lane .. ':' .. customer end

-- What many entries change in one place is written at the end of a script, once for all of them.
local counts, held, gone, put = {}, 0, {}, {}

local function count(state, kind, lane, by)
  local field = state .. ':' .. kind .. ':' .. lane
  counts[field] = (counts[field] or 0) + by
end

local function hold(by) held = held + by end

local function remove(key, member)
  local members = gone[key] or {}
  gone[key] = members
  members[#members + 1] = member
end

local function add(key, score, member)
  local members = put[key] or {}
  put[key] = members
  members[#members + 1] = score
  members[#members + 1] = member
end

-- In slices: Lua passes no more than some thousands of arguments.
local function each(command, lists)
  for key, list in pairs(lists) do
    for from = 1, #list, 2000 do call(command, key, unpack(list, from, math.min(from + 1999, #list))) end
  end
end

local function finish()
  each('ZREM', gone)
  each('ZADD', put)
  for field, by in pairs(counts) do
    if by ~= 0 and call('HINCRBY', P .. 'tally', field, by) == 0 then call('HDEL', P .. 'tally', field) end
  end
  if held ~= 0 then call('INCRBY', P .. 'held', held) end
end

-- Where a customer stands among those who wait: after the order of the first entry.
local function place(seq, customer) return string.format('%016d', tonumber(seq)) .. customer end

-- What a customer waits for now.
local function refresh(lane, customer)
  local over = P .. 'over:' .. lane
  local head = call('ZRANGE', of('q', lane, customer), 0, 0, 'WITHSCORES')
  if not head[1] then
    call('ZREM', over, customer)
    return
  end
  add(P .. 'due:' .. lane, call('HGET', entry(head[1]), 'readyAt'), place(head[2], customer))
  local purchase = call('ZRANGE', of('p', lane, customer), 0, 0)[1]
  if purchase and purchase ~= head[1] then
    local ready = call('HGET', entry(purchase), 'readyAt')
    local busy = call('ZRANGE', of('l', lane, customer), -1, -1, 'WITHSCORES')[2]
    if busy and tonumber(busy) > tonumber(ready) then ready = busy end
    call('ZADD', over, ready, customer)
  else
    call('ZREM', over, customer)
  end
end

-- Puts an entry, whose hash is there, in its customer's line.
local function line(id, kind, lane, customer, acceptedAt, dueAt, seq)
  add(P .. 'open:' .. kind .. ':' .. lane, acceptedAt, id)
  local queue = of('q', lane, customer)
  call('ZADD', queue, seq, id)
  if kind == 'purchase' then call('ZADD', of('p', lane, customer), seq, id) end
  if call('ZCARD', queue) == 1 then
    add(P .. 'due:' .. lane, dueAt, place(seq, customer))
  elseif kind == 'purchase' then
    refresh(lane, customer)
  end
  count('queued', kind, lane, 1)
  hold(1)
end

-- Puts an entry at the end, whose hash is there but for what this sets.
local function enqueue(id, kind, lane, customer, acceptedAt, dueAt)
  local seq = string.format('%.0f', call('INCR', P .. 'order'))
  call('HSET', entry(id), 'seq', seq, 'state', 'queued', 'attempts', '0', 'dueAt', dueAt, 'readyAt', dueAt)
  line(id, kind, lane, customer, acceptedAt, dueAt, seq)
end

-- Takes an unsettled entry out of line.
local function dequeue(id, kind, lane, customer, state, seq)
  call('ZREM', of('q', lane, customer), id)
  call('ZREM', of(kind == 'purchase' and 'p' or 'l', lane, customer), id)
  remove(P .. 'open:' .. kind .. ':' .. lane, id)
  remove(P .. 'due:' .. lane, place(seq, customer))
  count(state, kind, lane, -1)
  hold(-1)
end

-- Takes a settled entry off its shelf.
local function unshelve(id, kind, lane, state)
  if state == 'delivered' then
    remove(P .. 'delivered:' .. kind, id)
  else
    remove(P .. 'dead', id)
    remove(P .. 'dead:' .. lane, id)
  end
  count(state, kind, lane, -1)
end

local function known(id)
  return call('HMGET', entry(id), 'kind', 'lane', 'customer', 'digest', 'acceptedAt', 'state', 'attempts',
    'uncertain', 'settledAt', 'reason', 'result')
end
`

/** A script that is given the prefix as its key, whose arguments are all texts. */
export const script = <Result>(lua: string) =>
  Redis.script((prefix: string, ...parameters: ReadonlyArray<string>) => [prefix, ...parameters], {
    lua: `${library}\nlocal function run()\n${lua}\nend\nlocal reply = run()\nfinish()\nreturn reply`,
    numberOfKeys: 1
  }).withReturnType<Result>()
