import type { ProviderId } from "@priceport/core/domain/Identifier"
import * as Clock from "effect/Clock"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FiberSet from "effect/FiberSet"
import type * as Scope from "effect/Scope"
import type { OutboxStoreError, Service } from "../OutboxStore.ts"
import * as Delivery from "./delivery.ts"
import * as LaneClaims from "./laneClaims.ts"
import * as LanePark from "./lanePark.ts"
import type { Means, Parcel } from "./parcel.ts"

/** What is on its way to one vendor, independent of every other. */
export interface Lane {
  readonly id: ProviderId
  /** Something is due at this time. */
  readonly wake: (at: number) => void
  /** When it will do something by itself; -Infinity while it is at work. */
  readonly nextAt: () => number
  readonly isOpen: () => boolean
  readonly heldUntil: () => number
  readonly inFlight: () => number
  /** Stops sending, lets what is on its way arrive for so long, and gives the rest back. */
  readonly stop: (within: Duration.Input) => Effect.Effect<void>
}

/** How often a lane looks by itself where other processes may store entries, and where none does. */
const lookEvery = { server: 1_000, file: 3_600_000, none: 3_600_000 }

/** How long a lane waits after it found only entries that are behind others: from this, doubling to that. */
const behindOthers = { least: 25, most: 1_000 }

/** Starts a lane. It ends with the scope; `stop` it before. */
export const make = (
  store: Service,
  means: Omit<Means, "tooMany" | "expiring">,
  changed: () => void
): Effect.Effect<Lane, never, Scope.Scope> =>
  Effect.gen(function*() {
    const { health, lane, settings } = means
    const parcels = yield* FiberSet.make<void>()
    const park = LanePark.make(changed)
    const claims = LaneClaims.make(store, means)
    let inFlight = 0
    let stopping = false
    let pause = 0
    let troubles = 0

    const start = (parcel: Parcel) =>
      Effect.suspend(() => {
        inFlight++
        return Delivery.deliver({ ...means, tooMany: claims.tooMany, expiring: claims.expiring }, parcel).pipe(
          Effect.ensuring(Effect.sync(() => {
            inFlight--
            pause = 0
            park.interrupt()
          })),
          FiberSet.run(parcels)
        )
      })

    const rest = Effect.fnUntraced(function*(now: number) {
      const due = (yield* store.nextDueAt(lane)) ?? Infinity
      pause = due > now ? 0 : Math.min(Math.max(pause * 2, behindOthers.least), behindOthers.most)
      const look = now + lookEvery[store.durability]
      yield* park.idle(Math.min(look, due > now ? due : now + pause), due)
    })

    const turn: Effect.Effect<void, OutboxStoreError> = Effect.gen(function*() {
      park.listen()
      const now = yield* Clock.currentTimeMillis
      const held = health.heldUntil()
      if (health.isOpen()) yield* claims.release
      if (held > now) {
        return yield* claims.nextExpiry() > now
          ? park.held(Math.min(held, claims.nextExpiry()))
          : claims.expire(now)
      }
      if (inFlight >= (health.isOpen() ? 1 : settings.concurrency)) return yield* park.held(Infinity)
      park.looked()
      const parcel = yield* claims.next(now)
      troubles = 0
      if (parcel !== undefined) yield* start(parcel)
      else yield* rest(now)
    })

    const recover = ({ detail, operation, reason }: OutboxStoreError) =>
      Effect.gen(function*() {
        troubles++
        yield* Effect.logWarning("The outbox's store cannot be asked").pipe(
          Effect.annotateLogs({ operation, reason, detail })
        )
        yield* park.held((yield* Clock.currentTimeMillis) + Math.min(1_000 * 2 ** (troubles - 1), 30_000))
      })

    const loop = yield* Effect.suspend(() => stopping ? Effect.void : turn.pipe(Effect.catch(recover))).pipe(
      Effect.repeat({ while: () => !stopping }),
      Effect.ensuring(claims.release),
      Effect.forkScoped
    )

    return {
      id: lane,
      wake: (at) => {
        pause = 0
        park.wake(at)
      },
      nextAt: () => inFlight > 0 ? -Infinity : park.nextAt(),
      isOpen: health.isOpen,
      heldUntil: health.heldUntil,
      inFlight: () => inFlight,
      stop: (within) =>
        Effect.gen(function*() {
          stopping = true
          park.close()
          yield* Fiber.await(loop)
          yield* Effect.timeoutOrElse(FiberSet.awaitEmpty(parcels), {
            duration: within,
            orElse: () => FiberSet.clear(parcels)
          })
        })
    }
  })
