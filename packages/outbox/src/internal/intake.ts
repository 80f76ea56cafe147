import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { Appended, type Capacity, type Entry, OutboxStoreError, type Service } from "../OutboxStore.ts"
import * as GroupCommit from "./groupCommit.ts"

export type Submit = (entry: Entry) => Effect.Effect<Appended, OutboxStoreError>

/** Stores entries, those of several callers together. One id brought twice at the same time is stored once. */
export const make = (
  store: Service,
  capacity: Capacity,
  /** Told of each entry that was added, also where its caller went away meanwhile. */
  onAdded: (entry: Entry) => void = () => {}
): Effect.Effect<Submit, never, Scope.Scope> =>
  Effect.map(
    GroupCommit.make<Entry, Appended, OutboxStoreError>({
      limit: 1_000,
      closed: new OutboxStoreError({ reason: "unavailable", operation: "append", detail: "the outbox is closed" }),
      commit: (entries) => {
        const first = new Map<string, number>()
        const alone: Array<Entry> = []
        for (const entry of entries) {
          if (first.has(entry.id)) continue
          first.set(entry.id, alone.length)
          alone.push(entry)
        }
        return Effect.map(store.append(alone, capacity), (appended) => {
          alone.forEach((entry, index) => appended[index]!._tag === "Added" && onAdded(entry))
          return entries.map((entry) => {
            const index = first.get(entry.id)!
            const stored = alone[index]!
            const one = appended[index]!
            return entry !== stored && one._tag === "Added" ? asPresent(stored) : one
          })
        })
      }
    }),
    (commit) => (entry) => Effect.map(commit([entry]), ([appended]) => appended!)
  )

const asPresent = ({ acceptedAt, customer, digest, id, kind, lane }: Entry): Appended =>
  Appended.Present({
    known: { id, kind, lane, customer, digest, acceptedAt, state: "queued", attempts: 0, uncertain: false }
  })
