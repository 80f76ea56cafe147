import type { Claim } from "../OutboxStore.ts"
import * as Heap from "./heap.ts"
import * as Record from "./memoryRecord.ts"

/**
 * What one lane has to hand out. Of each customer two entries can be next: the first one, and the first purchase, which may
 * pass impressions. Those wait in a heap by time, and once their time has come in another by order of acceptance, so that
 * a claim costs what it hands out and not what there is.
 */
export interface MemoryLane {
  readonly add: (record: Record.Record) => void
  readonly remove: (record: Record.Record) => void
  /** Something about an unsettled entry is another. */
  readonly touch: (record: Record.Record) => void
  readonly claim: (claim: Claim) => Array<Record.Record>
  readonly nextAt: () => number | undefined
}

interface Place {
  readonly record: Record.Record
  readonly version: number
}

export const make = (nextLease: () => string): MemoryLane => {
  const customers = new Map<string, Array<Record.Record>>()
  const waiting = Heap.make<Place>()
  const ready = Heap.make<Place>()
  const passing = Heap.make<Place>()

  const place = (heap: Heap.Heap<Place>, key: number, record: Record.Record): void =>
    heap.push(key, record.rank, { record, version: record.version })

  const current = (node: Heap.Node<Place>): boolean => node.value.version === node.value.record.version

  /** Finds the places of the customer's entries that can be next. */
  const arrange = (list: ReadonlyArray<Record.Record>): void => {
    const [first] = list
    if (first === undefined) return
    first.version++
    place(waiting, Record.availableAt(first), first)
    if (first.entry.kind === "purchase") return
    const purchase = list.find(({ entry }) => entry.kind === "purchase")
    if (purchase === undefined) return
    purchase.version++
    if (purchase.state === "leased") place(waiting, purchase.leaseUntil, purchase)
    else place(passing, purchase.entry.acceptedAt, purchase)
  }

  const listOf = (record: Record.Record): Array<Record.Record> => customers.get(record.entry.customer) ?? []

  const take = (record: Record.Record, { leaseUntil }: Claim): Record.Record => {
    if (record.state === "leased") record.uncertain = true
    record.state = "leased"
    record.lease = nextLease()
    record.leaseUntil = leaseUntil
    return record
  }

  const isFree = (record: Record.Record, now: number): boolean => record.state === "queued" || record.leaseUntil <= now

  /** The entry and what travels with it, or nothing where it is not its turn; then it gets its next place. */
  const takeFrom = (record: Record.Record, claim: Claim, room: number): Array<Record.Record> => {
    const { batch, now, overtakeBefore } = claim
    const list = listOf(record)
    if (Record.availableAt(record) > now) {
      place(waiting, Record.availableAt(record), record)
      return []
    }
    if (list[0] !== record) {
      const held = list.slice(0, list.indexOf(record)).filter((earlier) => !isFree(earlier, now))
      if (held.length > 0) place(waiting, Math.max(...held.map(({ leaseUntil }) => leaseUntil)), record)
      else if (record.entry.acceptedAt >= overtakeBefore) place(passing, record.entry.acceptedAt, record)
      else return [take(record, claim)]
      return []
    }
    if (record.entry.kind === "purchase") return [take(record, claim)]
    const taken: Array<Record.Record> = []
    for (const next of list) {
      if (taken.length >= Math.min(batch, room) || next.entry.kind === "purchase") break
      if (!isFree(next, now) || Record.availableAt(next) > now) break
      taken.push(take(next, claim))
    }
    return taken
  }

  return {
    add: (record) => {
      const list = customers.get(record.entry.customer) ?? []
      customers.set(record.entry.customer, list)
      list.push(record)
      if (list.length === 1 || record.entry.kind === "purchase") arrange(list)
    },

    remove: (record) => {
      const list = listOf(record)
      list.splice(list.indexOf(record), 1)
      record.version++
      if (list.length === 0) customers.delete(record.entry.customer)
      else arrange(list)
    },

    touch: (record) => arrange(listOf(record)),

    claim: (claim) => {
      const { limit, now, overtakeBefore } = claim
      for (let node = passing.peek(); node !== undefined && node.key < overtakeBefore; node = passing.peek()) {
        passing.pop()
        if (current(node)) place(waiting, Record.availableAt(node.value.record), node.value.record)
      }
      for (let node = waiting.peek(); node !== undefined && node.key <= now; node = waiting.peek()) {
        waiting.pop()
        if (current(node)) place(ready, node.value.record.rank, node.value.record)
      }
      const taken: Array<Record.Record> = []
      while (taken.length < limit) {
        const node = ready.pop()
        if (node === undefined) break
        if (!current(node)) continue
        const { record } = node.value
        const together = takeFrom(record, claim, limit - taken.length)
        if (together.length > 0) arrange(listOf(record))
        taken.push(...together)
      }
      return taken.toSorted((a, b) => a.rank - b.rank)
    },

    nextAt: () => {
      const times = [...ready.nodes, ...passing.nodes].filter(current).map(({ value }) =>
        Record.availableAt(value.record)
      )
      for (let node = waiting.peek(); node !== undefined; node = waiting.peek()) {
        if (current(node)) {
          times.push(node.key)
          break
        }
        waiting.pop()
      }
      return times.length === 0 ? undefined : times.reduce((least, time) => Math.min(least, time))
    }
  }
}
