/**
 * The next provider when one is ill, and prices that stay what a customer has seen.
 *
 * Members are hardened vendors as a rule, see `Resilience.harden`: each has its own circuit, heeds its vendor's Retry-After
 * and remembers its answers. So an ill vendor answers `CircuitOpen` at once, costs probes only, and still has the paywalls
 * its customers were shown. Bundles are given to the failover, see `Options`; a member that answers from a bundle of its
 * own has failed, too, and its answer is used in the same way.
 *
 * What moves on is what `Fallback.onOutage` says. What the application did wrong itself, and what the first member refuses
 * in its vendor's own words, fails at once. When all have failed the error is that of the first, reason and provider, with
 * the attempts of all.
 *
 * `provenance.standby` names the provider whose own answer it is not: the first member where another one serves, or the
 * vendor itself where it is ill and what was kept of it is served. Impressions and purchases go to the provider of origin.
 *
 * @since 0.4.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { ProviderId } from "../domain/Identifier.ts"
import * as Bundles from "../internal/routingBundles.ts"
import { checked, type RoutingError } from "../internal/routingError.ts"
import * as RoutingFailover from "../internal/routingFailover.ts"
import * as Members from "../internal/routingMembers.ts"
import * as Rest from "../internal/routingRest.ts"
import * as PricingProvider from "../provider/PricingProvider.ts"
import * as ShownPrices from "./ShownPrices.ts"

/**
 * - `id`: the router's own name. `members`: who is asked, in this order.
 * - `whenShown`: what a customer gets who was shown the prices of one member. `keep`, unless set: that member is asked
 *   first, even once an earlier one is well again; where it has nothing left, live or kept, another one serves, marked
 *   `repriced`. `keepOnly`: never another one, rather its error. `reprice`: the members in their order, marked.
 * - `patience`: the share of the time left that a member may take unless it is the last, 2/3 unless set.
 * - `cooldownMs`: how long a member that failed is passed by, unless its circuit or its Retry-After say longer; one call at
 *   a time finds out then whether it is back. Customers who keep its prices ask it all the same. 0 unless set: a hardened
 *   member looks after itself.
 *
 * @category schemas
 * @since 0.4.0
 */
export const Config = Schema.TaggedStruct("Failover", {
  id: ProviderId,
  members: Schema.NonEmptyArray(ProviderId).check(Schema.isUnique({ expected: "members that differ" })),
  whenShown: Schema.optional(Schema.Literals(["keep", "keepOnly", "reprice"])),
  patience: Schema.optional(Schema.Finite.check(Schema.isGreaterThan(0), Schema.isLessThanOrEqualTo(1))),
  cooldownMs: Schema.optional(Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0)))
})

/** @since 0.4.0 */
export interface Config extends Schema.Schema.Type<typeof Config> {}

/**
 * The providers that a configuration names, and where.
 *
 * @category accessors
 * @since 0.4.0
 */
export const members = (config: Config): ReadonlyArray<Members.Named> =>
  config.members.map((id, index) => ({ path: `members[${index}]`, id }))

/**
 * - `bundled`: what may be shown of a vendor that is ill, by its id, and for which failures. It is shown to a customer who
 *   has seen that vendor's prices and for whom its memory has none, and to anybody when all members have failed.
 *
 * @category options
 * @since 0.4.0
 */
export interface Options {
  readonly bundled?: Bundles.Bundled | undefined
}

const check = checked(Config)

/**
 * Makes one provider of the members that the configuration names. Who was shown whose prices is remembered by the
 * `ShownPrices` at hand, or in memory.
 *
 * @category constructors
 * @since 0.4.0
 */
export const make = Effect.fnUntraced(function*(
  config: Config,
  providers: ReadonlyArray<PricingProvider.Service>,
  { bundled = {} }: Options = {}
): Effect.fn.Return<PricingProvider.Service, RoutingError> {
  const { cooldownMs = 0, id, patience = 2 / 3, whenShown = "keep" } = yield* check(config)
  const resolved = yield* Members.resolve(members(config), providers)
  const shown = Option.getOrElse(yield* Effect.serviceOption(ShownPrices.ShownPrices), () => ShownPrices.makeMemory())
  return {
    ...(yield* Members.together(id, resolved)),
    getPaywall: RoutingFailover.make({
      members: resolved,
      shown,
      whenShown,
      patience,
      rest: Rest.make(cooldownMs),
      bundles: Bundles.make(bundled, resolved),
      usual: PricingProvider.defaultTimeouts.getPaywall
    })
  }
})
