/**
 * An outbox store in the memory of this process, for tests and for what may be lost.
 *
 * Its type says so: `durability` is `none`. Everything is gone when the process ends.
 *
 * @since 0.3.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Record from "./internal/memoryRecord.ts"
import * as Tables from "./internal/memoryTables.ts"
import { OutboxStore, type Service } from "./OutboxStore.ts"

/**
 * Makes an empty store.
 *
 * @category constructors
 * @since 0.3.0
 */
export const make: Effect.Effect<Service<"none">> = Effect.sync(() => {
  const tables = Tables.make()
  const notes = new Map<string, { readonly note: Uint8Array; readonly at: number }>()

  return {
    durability: "none",
    append: (entries, capacity) => Effect.sync(() => entries.map((entry) => tables.append(entry, capacity))),
    claim: (claim) => Effect.sync(() => tables.laneOf(claim.lane).claim(claim).map(Record.claimed)),
    settle: (settlements) =>
      Effect.sync(() => settlements.filter((settlement) => !tables.settle(settlement)).map(({ id }) => id)),
    find: (id) =>
      Effect.sync(() => {
        const record = tables.records.get(id)
        return record && Record.known(record)
      }),
    replace: (entry, seen, uncertain) => Effect.sync(() => tables.replace(entry, seen, uncertain)),
    nextDueAt: (lane) => Effect.sync(() => tables.laneOf(lane).nextAt()),
    lanes: Effect.sync(tables.lanes),
    counts: Effect.sync(tables.counts),
    dead: (selection, { after, limit }) =>
      Effect.sync(() => {
        const dead = tables.selected(selection)
        const from = dead.findIndex(({ entry }) => entry.id === after) + 1
        return dead.slice(from, from + limit).map(Record.known)
      }),
    redrive: (selection, times) => Effect.sync(() => tables.redrive(selection, times)),
    drop: (selection) => Effect.sync(() => tables.drop(selection)),
    sweep: (before) =>
      Effect.sync(() => {
        let swept = tables.sweep({ impression: before.impressions, purchase: before.purchases }, before.dead)
        for (const [key, { at }] of notes) {
          if (at < before.notes && notes.delete(key)) swept++
        }
        return swept
      }),
    note: (key, note, at) => Effect.sync(() => void notes.set(key, { note: note.slice(), at })),
    recall: (key) => Effect.sync(() => notes.get(key)?.note)
  }
})

/**
 * Layer that provides an empty store.
 *
 * @category layers
 * @since 0.3.0
 */
export const layer: Layer.Layer<OutboxStore> = Layer.effect(OutboxStore, make)
