import { KeyRing } from "@priceport/core/attribution/KeyRing"
import { PricingProvider } from "@priceport/core/provider/PricingProvider"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Latch from "effect/Latch"
import type * as Scope from "effect/Scope"
import { OutboxStore, type OutboxStoreError } from "../OutboxStore.ts"
import type { Desk } from "./desk.ts"
import * as Envelope from "./envelope.ts"
import * as Intake from "./intake.ts"
import * as Lane from "./lane.ts"
import * as LaneHealth from "./laneHealth.ts"
import * as Measures from "./measures.ts"
import * as Notes from "./notes.ts"
import * as Pacer from "./pacer.ts"
import * as PurchaseMark from "./purchaseMark.ts"
import * as RingMark from "./ringMark.ts"
import type { Settings } from "./settings.ts"
import * as Settling from "./settling.ts"
import * as Vendors from "./vendors.ts"
import * as Waiters from "./waiters.ts"

/** The parts of a running outbox. */
export interface Engine {
  readonly desk: Desk
  readonly lanes: ReadonlyArray<Lane.Lane>
  readonly tally: Settling.Tally
  readonly watch: (latch: Latch.Latch) => () => void
  /** Stops accepting, and gives what is on its way so many milliseconds to arrive. */
  readonly shutdown: (within: number) => Effect.Effect<void>
}

const hour = 3_600_000

/** Starts it. It shuts down when the scope ends. */
export const make = (
  settings: Settings
): Effect.Effect<Engine, OutboxStoreError, PricingProvider | OutboxStore | KeyRing | Scope.Scope> =>
  Effect.gen(function*() {
    const provider = yield* PricingProvider
    const store = yield* OutboxStore
    const ring = yield* KeyRing
    const envelope = Envelope.make(ring)
    const vendors = Vendors.of(provider)
    const waiters = Waiters.make()
    const tally = { delivered: 0, dead: 0 }
    const watching = new Set<Latch.Latch>()
    const changed = () => {
      for (const latch of watching) latch.openUnsafe()
    }
    let isOpen = true

    yield* RingMark.check(store, ring)
    yield* warnOfStrangers(yield* store.lanes, vendors)
    const notes = yield* Notes.make(store, ring, envelope)
    const settle = yield* Settling.make({ store, waiters, tally, changed, isOpen: () => isOpen })
    const submit = yield* Intake.make(store, settings.capacity, ({ dueAt, lane }) => lanes.get(lane)?.wake(dueAt))
    const mark = PurchaseMark.make(store)

    const lanes: ReadonlyMap<string, Lane.Lane> = new Map(
      yield* Effect.forEach(vendors, ([lane, vendor]) => {
        const means = {
          lane,
          settings,
          provider: vendor.provider,
          envelope,
          notes,
          mark,
          settle,
          health: LaneHealth.make(settings.openAfter),
          pace: Pacer.make(settings.rate)
        }
        return Effect.map(Lane.make(store, means, changed), (running) => [lane, running] as const)
      })
    )

    const sweep = Effect.gen(function*() {
      yield* RingMark.keep(store, ring)
      const now = yield* Clock.currentTimeMillis
      const { dead, impression, note, purchase } = settings.keep
      yield* store.sweep({
        impressions: now - impression,
        purchases: now - purchase,
        dead: now - dead,
        notes: now - note
      })
      for (const { kind, lane, leased, queued } of yield* store.counts) {
        yield* Measures.queued(lane, kind, queued + leased)
      }
    })
    yield* Effect.ignore(sweep).pipe(Effect.andThen(Effect.sleep(hour)), Effect.forever, Effect.forkScoped)

    const shutdown = (within: number) =>
      Effect.suspend(() => {
        isOpen = false
        return Effect.andThen(
          Effect.forEach(lanes.values(), (lane) => lane.stop(within), { concurrency: "unbounded", discard: true }),
          notes.drain
        )
      })
    yield* Effect.addFinalizer(() => shutdown(settings.shutdownWithin))

    return {
      desk: {
        id: provider.id,
        settings,
        store,
        ring,
        envelope,
        vendors,
        lanes,
        notes,
        waiters,
        submit,
        isOpen: () => isOpen
      },
      lanes: Array.from(lanes.values()),
      tally,
      watch: (latch) => {
        watching.add(latch)
        return () => void watching.delete(latch)
      },
      shutdown
    }
  })

const warnOfStrangers = (lanes: ReadonlyArray<string>, vendors: ReadonlyMap<string, unknown>) => {
  const strangers = lanes.filter((lane) => !vendors.has(lane))
  return strangers.length === 0
    ? Effect.void
    : Effect.logWarning("The outbox holds entries of providers that are not registered").pipe(
      Effect.annotateLogs({ providers: strangers.join(", ") })
    )
}
