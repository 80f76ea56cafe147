import type { ProviderId } from "@priceport/core/domain/Identifier"
import {
  Appended,
  type Capacity,
  type Count,
  type Entry,
  isAsSeen,
  type Known,
  type Selection,
  type Settlement
} from "../OutboxStore.ts"
import * as MemoryLane from "./memoryLane.ts"
import * as Record from "./memoryRecord.ts"

/** Every entry by id, the lanes of those that are not settled, and the dead in the order they died. */
export const make = () => {
  const records = new Map<string, Record.Record>()
  const lanes = new Map<ProviderId, MemoryLane.MemoryLane>()
  const held = new Map<ProviderId, number>()
  const dead = new Map<string, Record.Record>()
  let unsettled = 0
  let ranks = 0
  let leases = 0

  const laneOf = (id: ProviderId): MemoryLane.MemoryLane => {
    const lane = lanes.get(id) ?? MemoryLane.make(() => String(++leases))
    lanes.set(id, lane)
    return lane
  }

  const hold = ({ entry: { lane } }: Record.Record, by: 1 | -1): void => {
    unsettled += by
    held.set(lane, (held.get(lane) ?? 0) + by)
  }

  const enter = (entry: Entry, uncertain = false): void => {
    const record = Record.make({ ...entry, payload: entry.payload.slice() }, ++ranks, uncertain)
    records.set(entry.id, record)
    hold(record, 1)
    laneOf(entry.lane).add(record)
  }

  const leave = (record: Record.Record): void => {
    hold(record, -1)
    laneOf(record.entry.lane).remove(record)
  }

  const settle = (settlement: Settlement): boolean => {
    const record = records.get(settlement.id)
    if (record?.state !== "leased" || record.lease !== settlement.lease) return false
    record.lease = undefined
    if (settlement._tag !== "Delivered" && settlement.lost === true) record.uncertain = true
    if (settlement._tag === "Failed") {
      record.state = "queued"
      record.entry = { ...record.entry, dueAt: settlement.dueAt }
      record.reason = settlement.reason
      if (settlement.counted) record.attempts++
      laneOf(record.entry.lane).touch(record)
      return true
    }
    leave(record)
    record.settledAt = settlement.at
    record.result = settlement.result?.slice()
    record.state = settlement._tag === "Delivered" ? "delivered" : "dead"
    if (settlement._tag === "Dead") {
      record.reason = settlement.reason
      dead.set(settlement.id, record)
    }
    return true
  }

  const selected = ({ ids, lane }: Selection): Array<Record.Record> =>
    Array.from(dead.values())
      .filter(({ entry }) => (lane === undefined || entry.lane === lane) && (ids?.includes(entry.id) ?? true))
      .toSorted((a, b) => a.settledAt! - b.settledAt!)

  return {
    records,
    laneOf,
    settle,
    selected,

    lanes: (): Array<ProviderId> => Array.from(held).filter(([, count]) => count > 0).map(([lane]) => lane),

    append: (entry: Entry, capacity: Capacity): Appended => {
      const present = records.get(entry.id)
      if (present !== undefined) return Appended.Present({ known: Record.known(present) })
      if (unsettled >= (entry.kind === "impression" ? capacity.impressions : capacity.total)) return Appended.Full()
      enter(entry)
      return Appended.Added()
    },

    replace: (entry: Entry, seen: Known, uncertain?: boolean): boolean => {
      const record = records.get(entry.id)
      if (record === undefined || record.state === "leased" || !isAsSeen(Record.known(record), seen)) return false
      if (record.state === "queued") leave(record)
      dead.delete(entry.id)
      enter(entry, uncertain)
      return true
    },

    redrive: (selection: Selection, times: { readonly now: number; readonly expiresAt: number }): number => {
      const chosen = selected(selection).toSorted((a, b) => a.rank - b.rank)
      for (const { entry, uncertain } of chosen) {
        dead.delete(entry.id)
        enter({ ...entry, dueAt: times.now, expiresAt: times.expiresAt }, uncertain)
      }
      return chosen.length
    },

    drop: (selection: Selection): number => {
      const chosen = selected(selection)
      for (const { entry: { id } } of chosen) {
        dead.delete(id)
        records.delete(id)
      }
      return chosen.length
    },

    counts: (): Array<Count> => {
      const counts: Array<{ -readonly [K in keyof Count]: Count[K] }> = []
      for (const record of records.values()) {
        const { acceptedAt, kind, lane } = record.entry
        let count = counts.find((count) => count.lane === lane && count.kind === kind)
        if (count === undefined) {
          count = { lane, kind, queued: 0, leased: 0, delivered: 0, dead: 0 }
          counts.push(count)
        }
        count[record.state]++
        if (Record.isUnsettled(record)) count.oldest = Math.min(count.oldest ?? acceptedAt, acceptedAt)
      }
      return counts
    },

    sweep: (before: Readonly<{ [K in "impression" | "purchase"]: number }>, deadBefore: number): number => {
      let swept = 0
      for (const [id, { entry, settledAt, state }] of records) {
        const isOld = state === "delivered" && settledAt! < before[entry.kind] ||
          state === "dead" && settledAt! < deadBefore
        if (!isOld) continue
        records.delete(id)
        dead.delete(id)
        swept++
      }
      return swept
    }
  }
}
