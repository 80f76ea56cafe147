/**
 * Vendors, built only when a command needs them, from the environment. A vendor that is not asked for needs no key.
 */
import type { BotsiClient } from "@priceport/botsi/BotsiClient"
import { countable, type Impression } from "@priceport/core/domain/Impression"
import * as PricingError from "@priceport/core/provider/PricingError"
import type * as PricingProvider from "@priceport/core/provider/PricingProvider"
import type { Requirements } from "@priceport/core/provider/VendorClient"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import { Flag } from "./Cli.ts"
import * as Failure from "./Failure.ts"
import * as Syntax from "./Syntax.ts"

/** The vendors this command knows. */
export const ids = ["botsi", "corrily"] as const

/** One of them. */
export type VendorId = typeof ids[number]

/** The variable that holds a vendor's key. */
export const keyOf: Readonly<Record<VendorId, string>> = { botsi: "BOTSI_SECRET_KEY", corrily: "CORRILY_API_KEY" }

const whereKeysAre: Readonly<Record<VendorId, string>> = {
  botsi: "the app configuration page of the Botsi dashboard",
  corrily: "the Resources page of the Corrily dashboard"
}

/** How long a vendor may take. */
export const timeout = (description: string) =>
  Flag.String("timeout").pipe(
    Flag.withMetavar("DURATION"),
    Flag.withDescription(description),
    Flag.filterMap(Syntax.duration, () => "a duration such as \"2 seconds\" or \"500 millis\""),
    Flag.optional
  )

/** The HTTP client that every request of the command goes through. */
export const layerHttp: Layer.Layer<Requirements> = Layer.unwrap(
  Effect.map(Effect.promise(() => import("@priceport/core/provider/UndiciHttpClient")), (http) => http.layer)
)

/** A vendor behind the port. */
export const provider = (
  vendor: VendorId,
  operation: PricingProvider.Operation
): Effect.Effect<PricingProvider.Service, PricingError.PricingError, Requirements> =>
  configured(
    vendor,
    operation,
    vendor === "botsi"
      ? Effect.flatMap(Effect.promise(() => import("@priceport/botsi/BotsiProvider")), (_) => _.makeConfig())
      : Effect.flatMap(Effect.promise(() => import("@priceport/corrily/CorrilyProvider")), (_) => _.makeConfig())
  )

/** Botsi's own client, for what the port has no word for. */
export const botsiClient = (
  operation: PricingError.Operation
): Effect.Effect<BotsiClient["Service"], PricingError.PricingError, Requirements> =>
  configured(
    "botsi",
    operation,
    Effect.flatMap(
      Effect.promise(() => import("@priceport/botsi/BotsiClient")),
      (_) => Effect.flatMap(_.config, (options) => _.make(options))
    )
  )

/**
 * The vendor that served a paywall. It is built, and so needs its key, only where something will be sent: not without an
 * attribution, nor for an impression that must not count, nor for what a vendor does not take at all.
 */
export const origin = (
  impression: Impression,
  operation: "recordImpression" | "validatePurchase"
): Effect.Effect<PricingProvider.Service, PricingError.PricingError, Requirements> => {
  const { attribution } = impression
  const nobody = Effect.promise(() => import("./Nobody.ts"))
  if (attribution === undefined) return Effect.map(nobody, (_) => _.inPlaceOf("priceport"))
  const vendor = ids.find((id) => id === attribution.provider)
  if (vendor === undefined) {
    const why = `the paywall was served by ${attribution.provider}; this command knows ${ids.join(" and ")}`
    const reason = new PricingError.AttributionMismatch({ why })
    return Effect.fail(new PricingError.PricingError({ provider: attribution.provider, operation, reason }))
  }
  if (vendor === "corrily") return Effect.map(nobody, (_) => _.corrily)
  return operation === "recordImpression" && "why" in countable(impression)
    ? Effect.map(nobody, (_) => _.inPlaceOf(vendor))
    : provider(vendor, operation)
}

/** Tells what is wrong with the configuration, by the variable's name and never by its value. */
const configured = <A, R>(
  vendor: VendorId,
  operation: PricingError.Operation,
  effect: Effect.Effect<A, Config.ConfigError, R>
): Effect.Effect<A, PricingError.PricingError, R> =>
  Effect.catchTag(effect, "ConfigError", (error) => {
    const variable = variableOf(error) ?? keyOf[vendor]
    const expected = variable === keyOf[vendor]
      ? `a key of 1 to 512 visible ASCII characters, from ${whereKeysAre[vendor]}`
      : "an http or https URL without credentials, query or fragment"
    return Effect.flatMap(
      isSet(variable),
      (set) =>
        Effect.fail(
          Failure.invalid(operation, variable, `${set ? "Expected" : "It is not set. Expected"} ${expected}`, vendor)
        )
    )
  })

/** Whether a variable of the environment has a value. */
export const isSet = (variable: string): Effect.Effect<boolean> =>
  Effect.map(Effect.option(Config.String(variable)), Option.exists((value) => value !== ""))

const variableOf = ({ cause }: Config.ConfigError): string | undefined => {
  if (!Schema.isSchemaError(cause)) return undefined
  const [first] = SchemaIssue.makeFormatterStandardSchemaV1()(cause.issue).issues
  const [segment] = first?.path ?? []
  return typeof segment === "string" && /^[A-Z_]+$/.test(segment) ? segment : undefined
}
