/**
 * From one vendor to another, a share of the customers at a time.
 *
 * | stage        | who serves                                                         | shadow reads        |
 * | ------------ | ------------------------------------------------------------------ | ------------------- |
 * | `Off`        | the old vendor                                                     | none                |
 * | `Shadow`     | the old vendor                                                     | of the new vendor   |
 * | `Ramp`       | the new vendor for so many percent, by the hash of the customer    | beside the old one  |
 * | `Complete`   | the new vendor; the old one for who was moved back before          | none                |
 * | `RolledBack` | the old vendor                                                     | none                |
 *
 * Steps are taken with `MigrationSteps`, and are guarded by gates over what was measured, see `MigrationGates`. Where a
 * gate fails while customers are with the new vendor the migration steps a stage back by itself, and logs it (`Warn`). A
 * customer changes to the new vendor once and back once, as `MigrationLog` says; who logs in keeps the place of the
 * anonymous profile, by `KeptAssignments`. One without id and profile is moved last. The log is that of the
 * `MigrationState` at hand; processes follow it, and a store that cannot be read leaves the stage what it was.
 *
 * What is reported goes to where the paywall came from, in every stage: purchases always, so that an old paywall's purchase
 * reaches the old vendor when the migration is long complete; impressions, too. An impression of one vendor's paywall is no
 * impression of the other's, and there is one case in which telling both is honest, `impressions: "both"`: the new vendor
 * has the same paywall by meaning for the very customer, and both count on impression.
 *
 * @since 0.4.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { Customer } from "../domain/Customer.ts"
import * as MigrationConfig from "../internal/migrationConfig.ts"
import * as Logbook from "../internal/migrationLogbook.ts"
import * as Origins from "../internal/migrationOrigins.ts"
import * as Reads from "../internal/migrationReads.ts"
import * as Watch from "../internal/migrationWatch.ts"
import { RoutingError } from "../internal/routingError.ts"
import * as Members from "../internal/routingMembers.ts"
import type * as PricingProvider from "../provider/PricingProvider.ts"
import type * as Journal from "./Journal.ts"
import type { State } from "./MigrationLog.ts"
import * as MigrationState from "./MigrationState.ts"

/**
 * - `id`: the router's own name, and that of its log. `from`, `to`: the old vendor and the new one.
 * - `ramp`: the percentages of the ramp, rising; 1, 5, 25 and 50 unless set.
 * - `placements`: the new vendor's name of a placement by yours; answers carry yours. `products`: its id of a product by the
 *   old vendor's, for comparisons.
 * - `impressions`: whom they are told, `origin` unless set; `both` reads the new vendor for the very customer.
 * - `shadow`: how the new vendor is read beside the old one, as in `Shadow`.
 * - `gates`: the bounds, see `MigrationGates`. `minimum`: the observations a gate needs, 100 unless set.
 * - `windowMs`: how long is measured before the gates are judged, 1 hour unless set.
 * - `refreshMs`: how often a process looks into the log, every 5 seconds unless set.
 *
 * @category schemas
 * @since 0.4.0
 */
export const Config = MigrationConfig.Config

/** @since 0.4.0 */
export interface Config extends Schema.Schema.Type<typeof Config> {}

/**
 * The providers that a configuration names, and where.
 *
 * @category accessors
 * @since 0.4.0
 */
export const members = ({ from, to }: Config): ReadonlyArray<Members.Named> => [
  { path: "from", id: from },
  { path: "to", id: to }
]

/**
 * - `converted`: counts a customer who bought for the gate `conversion`, with the vendor who is or would be serving them.
 *   Where both vendors validate purchases those that pass through the provider are counted instead, sandbox ones apart.
 * - `state`: what this process goes by.
 *
 * @category models
 * @since 0.4.0
 */
export interface Running {
  readonly provider: PricingProvider.Service
  readonly converted: (customer: Customer) => Effect.Effect<void>
  readonly state: Effect.Effect<State>
}

/**
 * - `onCompared`: is told of each shadow read, too.
 *
 * @category options
 * @since 0.4.0
 */
export interface Options {
  readonly onCompared?: ((compared: Journal.Compared) => Effect.Effect<void>) | undefined
}

/**
 * Makes the provider, and what belongs to it. It follows its log for as long as the scope is open.
 *
 * Fails where the log cannot be read: nobody can tell then who is with which vendor.
 *
 * @category constructors
 * @since 0.4.0
 */
export const start = Effect.fnUntraced(function*(
  config: Config,
  providers: ReadonlyArray<PricingProvider.Service>,
  options: Options = {}
): Effect.fn.Return<Running, RoutingError, Scope.Scope> {
  const settings = yield* MigrationConfig.settings(config)
  const [from, ...others] = yield* Members.resolve(members(config), providers)
  const to = others[0] ?? from
  yield* MigrationConfig.checkImpressions(settings, from, to)
  const store = Option.getOrElse(yield* Effect.serviceOption(MigrationState.MigrationState), MigrationState.makeMemory)
  const logbook = yield* Effect.mapError(
    Logbook.open(store, settings.id),
    ({ message }) => new RoutingError({ path: "", issue: message })
  )
  yield* MigrationConfig.checkVendors(settings, logbook.state())
  const { count } = yield* Watch.start(logbook, settings)
  const clock = yield* Clock.Clock
  const origins = yield* Origins.make({ settings, from, to, count })
  const reads = yield* Reads.make({ settings, from, to, clock, count, state: logbook.state, origins, ...options })
  return {
    provider: {
      ...(yield* Members.together(settings.id, [origins.watched(from), origins.watched(to)])),
      getPaywall: reads.getPaywall
    },
    converted: (customer) =>
      origins.countsPurchases
        ? Effect.void
        : Effect.map(reads.sideOf(customer), ({ side }) => count().converted(side)),
    state: Effect.sync(logbook.state)
  }
})

/**
 * Makes one provider of the two that the configuration names.
 *
 * @category constructors
 * @since 0.4.0
 */
export const make = (
  config: Config,
  providers: ReadonlyArray<PricingProvider.Service>,
  options?: Options
): Effect.Effect<PricingProvider.Service, RoutingError, Scope.Scope> =>
  Effect.map(start(config, providers, options), ({ provider }) => provider)
