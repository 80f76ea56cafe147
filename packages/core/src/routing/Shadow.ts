/**
 * A second read beside each, or some, of the customers' own, to see what another vendor would have shown.
 *
 * The candidate is asked after the caller has the answer, within a budget and so many at a time as are set; beyond that the
 * read is left out and counted. Whatever becomes of it, however late, the caller never learns of it. It is asked with
 * `enroll: false` for a customer who stands for all and has this one's facts, such as the country and the currency, but no
 * id, no profile and no address. Attributes are facts, too: leave out of them what tells who somebody is.
 *
 * What was found is told to the `Journal` as `Compared`, and counted as `priceport_shadow_reads_total` and
 * `priceport_shadow_differences_total`. Not compared are bundled and standby answers, requests with `enroll: false`, and
 * prefetches.
 *
 * @since 0.4.0
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { PlacementId, ProviderId } from "../domain/Identifier.ts"
import { checked, type RoutingError } from "../internal/routingError.ts"
import * as Members from "../internal/routingMembers.ts"
import * as ShadowRead from "../internal/shadowRead.ts"
import type * as PricingProvider from "../provider/PricingProvider.ts"
import type * as Journal from "./Journal.ts"

/**
 * How the candidate is read.
 *
 * - `sample`: the share of answers that are compared, 0.1 unless set.
 * - `timeoutMs`: how long a shadow read may take, 3,000 unless set.
 * - `concurrency`: how many may be under way in this process, 8 unless set.
 * - `as`: who is asked for. A customer who stands for all, `{ id: "priceport-shadow" }` unless set; a vendor that knows its
 *   customers must know this one. `customer`: the very customer, where a vendor prices each by history.
 * - `placements`: the candidate's name of a placement by yours. `products`: its id of a product by the first vendor's.
 *
 * @category schemas
 * @since 0.4.0
 */
export const Reads = Schema.Struct({
  sample: Schema.optional(Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))),
  timeoutMs: Schema.optional(Schema.Finite.check(Schema.isGreaterThan(0))),
  concurrency: Schema.optional(Schema.Int.check(Schema.isGreaterThan(0))),
  as: Schema.optional(Schema.Union([
    Schema.Literal("customer"),
    Schema.Struct({
      id: Schema.optional(Schema.NonEmptyString),
      profiles: Schema.optional(Schema.Record(ProviderId, Schema.NonEmptyString))
    })
  ])),
  placements: Schema.optional(Schema.Record(PlacementId, PlacementId)),
  products: Schema.optional(Schema.Record(Schema.String, Schema.String))
})

/** @since 0.4.0 */
export interface Reads extends Schema.Schema.Type<typeof Reads> {}

/**
 * - `id`: the router's own name. `primary`: who serves. `candidate`: who is read beside it.
 *
 * @category schemas
 * @since 0.4.0
 */
export const Config = Schema.TaggedStruct("Shadow", {
  id: ProviderId,
  primary: ProviderId,
  candidate: ProviderId,
  ...Reads.fields
}).check(Schema.makeFilter(({ candidate, primary }) => candidate !== primary, {
  expected: "a candidate that is not the primary"
}))

/** @since 0.4.0 */
export interface Config extends Schema.Schema.Type<typeof Config> {}

/**
 * The providers that a configuration names, and where.
 *
 * @category accessors
 * @since 0.4.0
 */
export const members = ({ candidate, primary }: Config): ReadonlyArray<Members.Named> => [
  { path: "primary", id: primary },
  { path: "candidate", id: candidate }
]

/**
 * - `onCompared`: is told, too. Nobody waits for it, and a defect of it is nobody's.
 *
 * @category options
 * @since 0.4.0
 */
export interface Options {
  readonly onCompared?: ((compared: Journal.Compared) => Effect.Effect<void>) | undefined
}

const check = checked(Config)

/**
 * Makes one provider that answers as the primary does. Shadow reads live in the scope.
 *
 * @category constructors
 * @since 0.4.0
 */
export const make = Effect.fnUntraced(function*(
  config: Config,
  providers: ReadonlyArray<PricingProvider.Service>,
  { onCompared }: Options = {}
): Effect.fn.Return<PricingProvider.Service, RoutingError, Scope.Scope> {
  const read = yield* check(config)
  const [primary, ...others] = yield* Members.resolve(members(read), providers)
  const compare = yield* ShadowRead.make({
    ...settingsOf(read),
    candidate: others[0] ?? primary,
    enroll: false,
    onResult: ({ compared }) => onCompared?.(compared) ?? Effect.void
  })
  return {
    ...(yield* Members.together(read.id, [primary, ...others])),
    getPaywall: (request, options) =>
      Effect.tap(primary.getPaywall(request, options), (served) => compare(served, request))
  }
})

const settingsOf = (
  { as = { id: "priceport-shadow" }, concurrency = 8, placements = {}, products = {}, sample = 0.1, timeoutMs = 3000 }:
    Reads
) => ({ as, concurrency, placements, products, sample, timeoutMs })
