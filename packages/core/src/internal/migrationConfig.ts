import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { PlacementId, ProviderId } from "../domain/Identifier.ts"
import type { Service } from "../provider/PricingProvider.ts"
import * as MigrationGates from "../routing/MigrationGates.ts"
import type { State } from "../routing/MigrationLog.ts"
import { checked, RoutingError } from "./routingError.ts"

const Percent = Schema.Finite.check(Schema.isGreaterThan(0), Schema.isLessThan(100))

const Millis = Schema.Finite.check(Schema.isGreaterThan(0))

export const Config = Schema.TaggedStruct("Migration", {
  id: ProviderId,
  from: ProviderId,
  to: ProviderId,
  ramp: Schema.optional(
    Schema.Array(Percent).check(
      Schema.makeFilter((ramp) => ramp.every((percent, index) => index === 0 || percent > ramp[index - 1]!), {
        expected: "percentages that rise"
      })
    )
  ),
  placements: Schema.optional(Schema.Record(PlacementId, PlacementId)),
  products: Schema.optional(Schema.Record(Schema.String, Schema.String)),
  impressions: Schema.optional(Schema.Literals(["origin", "both"])),
  shadow: Schema.optional(Schema.Struct({
    sample: Schema.optional(Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))),
    timeoutMs: Schema.optional(Millis),
    concurrency: Schema.optional(Schema.Int.check(Schema.isGreaterThan(0))),
    as: Schema.optional(Schema.Union([
      Schema.Literal("customer"),
      Schema.Struct({
        id: Schema.optional(Schema.NonEmptyString),
        profiles: Schema.optional(Schema.Record(ProviderId, Schema.NonEmptyString))
      })
    ]))
  })),
  gates: Schema.optional(MigrationGates.Gates),
  windowMs: Schema.optional(Millis),
  minimum: Schema.optional(Schema.Int.check(Schema.isGreaterThan(0))),
  refreshMs: Schema.optional(Millis)
}).check(Schema.makeFilter(({ from, to }) => from !== to, { expected: "two vendors that differ" }))

export interface Config extends Schema.Schema.Type<typeof Config> {}

/** A configuration with what stands unless set. */
export interface Settings {
  readonly id: ProviderId
  readonly from: ProviderId
  readonly to: ProviderId
  readonly ramp: ReadonlyArray<number>
  readonly placements: Readonly<Record<string, string>>
  readonly products: Readonly<Record<string, string>>
  readonly impressions: "origin" | "both"
  readonly shadow: NonNullable<Config["shadow"]>
  readonly gates: MigrationGates.Gates
  readonly windowMs: number
  readonly minimum: number
  readonly refreshMs: number
}

const check = checked(Config)

export const settings = (config: Config): Effect.Effect<Settings, RoutingError> =>
  Effect.map(
    check(config),
    ({
      from,
      gates = {},
      id,
      impressions = "origin",
      minimum = 100,
      placements = {},
      products = {},
      ramp = [1, 5, 25, 50],
      refreshMs = 5000,
      shadow = {},
      to,
      windowMs = 3_600_000
    }) => ({
      id,
      from,
      to,
      ramp,
      placements,
      products,
      impressions,
      shadow,
      gates,
      windowMs,
      minimum,
      refreshMs: Math.min(refreshMs, windowMs)
    })
  )

/** A log is of the migration between two vendors, which another configuration of that name may not go on with. */
export const checkVendors = ({ from, id, to }: Settings, { vendors }: State): Effect.Effect<void, RoutingError> =>
  vendors === undefined || (vendors.from === from && vendors.to === to)
    ? Effect.void
    : Effect.fail(
      new RoutingError({
        path: "id",
        issue: `The log of ${id} is of a migration from ${vendors.from} to ${vendors.to}`
      })
    )

/** Both vendors are told of impressions only where both record them, and the new one knows the very customer. */
export const checkImpressions = (
  { impressions, shadow }: Settings,
  ...vendors: ReadonlyArray<Service>
): Effect.Effect<void, RoutingError> => {
  if (impressions !== "both") return Effect.void
  const onFetch = vendors.find(({ capabilities }) => capabilities.exposure === "on-fetch")
  if (onFetch !== undefined) {
    const issue = `${onFetch.id} counts who fetches a paywall: there is no impression to tell it of`
    return Effect.fail(new RoutingError({ path: "impressions", issue }))
  }
  return shadow.as === undefined || shadow.as === "customer"
    ? Effect.void
    : Effect.fail(new RoutingError({ path: "shadow.as", issue: "Expected \"customer\": both vendors are told of it" }))
}
