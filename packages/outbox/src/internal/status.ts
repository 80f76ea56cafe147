import { timestamp } from "@priceport/core/domain/Identifier"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Backlog from "../Backlog.ts"
import type { LaneStatus, Status } from "../Outbox.ts"
import type { OutboxStoreError } from "../OutboxStore.ts"
import type { Engine } from "./engine.ts"
import * as Measures from "./measures.ts"

/** How much there is of what, and how each lane does. */
export const of = (
  { desk, lanes }: Pick<Engine, "desk" | "lanes">
): Effect.Effect<Status, OutboxStoreError> =>
  Effect.gen(function*() {
    const counts = yield* Backlog.of(desk.store)
    const now = yield* Clock.currentTimeMillis
    for (const { inFlight, kind, provider, queued } of counts) yield* Measures.queued(provider, kind, queued + inFlight)
    return {
      durability: desk.store.durability,
      counts,
      lanes: lanes.map((lane): LaneStatus => ({
        provider: lane.id,
        state: lane.isOpen() ? "open" : "closed",
        ...(lane.heldUntil() > now && { heldUntil: timestamp(lane.heldUntil()) })
      }))
    }
  })
