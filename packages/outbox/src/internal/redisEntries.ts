/** How entries come into a Redis store, each in one step, so that no worker ever sees half of it. */
import { script } from "./redisLibrary.ts"

/** Of an entry, in this order: `kind` to `result` as `known` reads them. */
export type KnownReply = readonly [
  kind: string,
  lane: string,
  customer: string,
  digest: string,
  acceptedAt: string,
  state: string,
  attempts: string,
  uncertain: string | null,
  settledAt: string | null,
  reason: string | null,
  result: string | null
]

/** Room for impressions, room for all, and nine of each entry. Gives 1 for added, 0 for full, or what is known. */
export const append = script<ReadonlyArray<number | KnownReply>>(`
local outcomes = {}
local before = tonumber(call('GET', P .. 'held') or '0')
local order = tonumber(call('GET', P .. 'order') or '0')
local impressions, total = tonumber(ARGV[1]), tonumber(ARGV[2])
local added = 0
for i = 3, #ARGV, 9 do
  local id, kind, lane, customer = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  local key = entry(id)
  if call('EXISTS', key) == 1 then
    outcomes[#outcomes + 1] = known(id)
  elseif before + added >= (kind == 'impression' and math.min(impressions, total) or total) then
    outcomes[#outcomes + 1] = 0
  else
    added = added + 1
    local seq = string.format('%.0f', order + added)
    call('HSET', key, 'kind', kind, 'lane', lane, 'customer', customer, 'digest', ARGV[i + 4], 'payload', ARGV[i + 5],
      'acceptedAt', ARGV[i + 6], 'dueAt', ARGV[i + 7], 'expiresAt', ARGV[i + 8], 'readyAt', ARGV[i + 7], 'seq', seq,
      'state', 'queued', 'attempts', '0')
    line(id, kind, lane, customer, ARGV[i + 6], ARGV[i + 7], seq)
    outcomes[#outcomes + 1] = 1
  end
end
if added > 0 then call('INCRBY', P .. 'order', added) end
return outcomes
`)

/**
 * An entry that is there and no worker has gives its place to the one in the arguments: nine as for `append`, uncertain, and
 * the customer, digest, state and settledAt or nothing that were seen of it.
 */
export const replace = script<number>(`
local id, kind, lane, customer = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local before = call('HMGET', entry(id), 'kind', 'lane', 'customer', 'state', 'seq', 'digest', 'settledAt')
if not before[1] or before[4] == 'leased' then return 0 end
if before[3] ~= ARGV[11] or before[6] ~= ARGV[12] or before[4] ~= ARGV[13] or (before[7] or '') ~= ARGV[14] then return 0 end
if before[4] == 'queued' then
  dequeue(id, before[1], before[2], before[3], 'queued', before[5])
  refresh(before[2], before[3])
else
  unshelve(id, before[1], before[2], before[4])
end
call('DEL', entry(id))
call('HSET', entry(id), 'kind', kind, 'lane', lane, 'customer', customer, 'digest', ARGV[5],
  'payload', ARGV[6], 'acceptedAt', ARGV[7], 'expiresAt', ARGV[9])
if ARGV[10] == '1' then call('HSET', entry(id), 'uncertain', '1') end
enqueue(id, kind, lane, customer, ARGV[7], ARGV[8])
return 1
`)
