import { type Attribution, type Paywall, PricingError, type Purchase } from "@priceport/core"
import * as Migration from "@priceport/core/routing/Migration"
import * as MigrationLog from "@priceport/core/routing/MigrationLog"
import * as MigrationState from "@priceport/core/routing/MigrationState"
import * as MigrationSteps from "@priceport/core/routing/MigrationSteps"
import { Clock, Effect, Exit, Result, Scope } from "effect"
import { TestClock } from "effect/testing"
import * as Stub from "../../Stub.ts"

export const hour = 3_600_000

export const window = 4 * hour

export const config: Migration.Config = {
  _tag: "Migration",
  id: "to-new",
  from: "old",
  to: "new",
  ramp: [10, 50],
  shadow: { sample: 1, concurrency: 1000 },
  windowMs: window,
  refreshMs: hour,
  minimum: 50
}

/** A vendor that a test makes ill, and what arrived there. */
export const vendor = (id: string) => {
  const state: { failing: number; calls: number; price: string } = { failing: 0, calls: 0, price: "$9.99" }
  const purchases: Array<string> = []
  const impressions: Array<Attribution.Attribution> = []
  const { provider, reached } = Stub.make({
    id,
    getPaywall: ({ customer, enroll, placement }) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        state.calls++
        if (state.calls % 100 < state.failing * 100) {
          return Effect.fail(new PricingError.Unavailable({ status: 503 }))
        }
        const fetchedAt = new Date(now).toISOString()
        const paywall: Paywall.Paywall = {
          ...Stub.paywall,
          provider: id,
          placement,
          products: [{ id: "pro", offerIds: [], price: { display: state.price }, features: [] }],
          attribution: {
            ...Stub.attribution,
            provider: id,
            placement,
            subject: { kind: "id", value: customer.id ?? "nobody" },
            enrolled: enroll !== false,
            fetchedAt
          },
          provenance: { source: "live", fetchedAt, notes: [], attempts: [] }
        }
        return Effect.succeed(paywall)
      }),
    recordImpression: (attribution) =>
      Effect.sync(() => {
        impressions.push(attribution)
        return { _tag: "Recorded" as const }
      }),
    validatePurchase: (_, transaction: Purchase.Transaction) =>
      Effect.sync(() => {
        purchases.push(transaction._tag === "AppStoreTransaction" ? transaction.transactionId : transaction.token)
        return Stub.validated
      })
  })
  return { id, state, provider, reached, purchases, impressions }
}

/** Where a process is killed: at so many writes from the start, before the write or after it. */
export interface Kill {
  readonly write: number
  readonly when: "before" | "after"
}

/** A store that outlives processes, one of which is killed at a write: the writer never hears of it again. */
const store = (kill?: Kill) => {
  const kept = MigrationState.makeMemory()
  let writes = 0
  let isKilled = false
  const service: MigrationState.Service = {
    read: kept.read,
    append: (migration, entry) =>
      Effect.suspend(() => {
        writes++
        if (kill?.write !== writes) return kept.append(migration, entry)
        isKilled = true
        return kill.when === "before" ? Effect.never : Effect.andThen(kept.append(migration, entry), Effect.never)
      })
  }
  return { service, kept, takeKill: () => isKilled && !(isKilled = false), writes: () => writes }
}

export const transaction = (id: string): Purchase.AppStoreTransaction => ({
  ...Stub.appStore,
  transactionId: id,
  environment: "production"
})

/** Vendors, customers, and a process that serves them, which may be killed and started again. */
export const make = Effect.fnUntraced(function*(options: {
  readonly config?: Migration.Config
  readonly customers?: number
  readonly kill?: Kill
} = {}) {
  const settings = options.config ?? config
  const customers = Array.from({ length: options.customers ?? 150 }, (_, index) => `customer-${index}`)
  const [old, next] = [vendor("old"), vendor("new")]
  const log = store(options.kill)
  const providers = yield* Scope.make()
  let scope = yield* Scope.fork(providers)

  const boot = Effect.suspend(() =>
    Migration.start(settings, [old.provider, next.provider]).pipe(
      Effect.provideService(MigrationState.MigrationState, log.service),
      Scope.provide(scope)
    )
  )
  let running = yield* boot
  let restarts = 0

  const restart = Effect.gen(function*() {
    restarts++
    yield* Scope.close(scope, Exit.void)
    scope = yield* Scope.fork(providers)
    running = yield* boot
  })

  /** Who served each customer, one after another, without repetitions. */
  const served = new Map<string, Array<string>>()
  const paywalls: Array<Paywall.Paywall> = []

  const visit = Effect.fnUntraced(function*(id: string) {
    const answer = yield* Effect.result(running.provider.getPaywall({ placement: "onboarding", customer: { id } }))
    if (Result.isFailure(answer)) return
    const history = served.get(id) ?? []
    if (history.at(-1) !== answer.success.provider) served.set(id, [...history, answer.success.provider])
    paywalls.push(answer.success)
    return answer.success
  })

  /** So many windows go by, in each of which every customer comes once. */
  const windows = Effect.fnUntraced(function*(count: number) {
    for (let passed = 0; passed < count; passed++) {
      for (const id of customers) yield* visit(id)
      for (let part = 0; part < window / hour; part++) {
        yield* TestClock.adjust(hour)
        if (log.takeKill()) yield* restart
      }
    }
  })

  const step = <A, E>(effect: Effect.Effect<A, E, MigrationState.MigrationState>) =>
    Effect.provideService(effect, MigrationState.MigrationState, log.kept)

  return {
    old,
    next,
    log,
    served,
    paywalls,
    visit,
    windows,
    restart,
    restarts: () => restarts,
    provider: () => running.provider,
    state: Effect.suspend(() => running.state),
    status: step(MigrationSteps.status(settings)),
    advance: (how: { readonly force?: boolean; readonly release?: boolean } = {}) =>
      step(MigrationSteps.advance(settings, { by: "operator", ...how })),
    rollback: step(MigrationSteps.rollback(settings, { by: "operator", why: "told to" })),
    entries: log.kept.read(settings.id, 0),
    replayed: Effect.map(log.kept.read(settings.id, 0), (entries) => MigrationLog.replay(entries)),
    /** How often any customer changed to the new vendor, and back, at most. */
    flips: () => {
      const changes = (to: string) =>
        Math.max(
          0,
          ...Array.from(
            served.values(),
            (history) => history.filter((name, index) => index > 0 && name === to).length
          )
        )
      return { there: changes("new"), back: changes("old") }
    }
  }
})
