/**
 * The keys of the environment, and what is said of them where they are missing or wrong: their variable's name, and never
 * any of their text.
 */
import type { AttributionToken } from "@priceport/core/attribution/AttributionToken"
import type * as PricingError from "@priceport/core/provider/PricingError"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Failure from "./Failure.ts"
import * as Vendors from "./Vendors.ts"

/** The variable that holds them. */
export const variable = "PRICEPORT_SEALING_KEYS"

/** Its value. */
export const config = Config.Redacted(variable)

/** What its value must be. */
export const expected = "Expected one line as `priceport key new` prints it"

/** What makes tokens and opens them, or undefined where the variable is not set. */
export const tokens = Effect.fnUntraced(function*(
  operation: PricingError.Operation
): Effect.fn.Return<AttributionToken["Service"] | undefined, PricingError.PricingError> {
  if (!(yield* Vendors.isSet(variable))) return undefined
  const { AttributionToken, layerConfig } = yield* Effect.promise(() =>
    import("@priceport/core/attribution/AttributionToken")
  )
  return yield* AttributionToken.pipe(
    Effect.provide(layerConfig()),
    Effect.catchTag("ConfigError", () => Effect.fail(Failure.invalid(operation, variable, expected)))
  )
})

/** The same, where nothing can be done without them. */
export const requiredTokens = (operation: PricingError.Operation) =>
  Effect.filterOrFail(
    tokens(operation),
    Predicate.isNotUndefined,
    () => Failure.invalid(operation, variable, "It is not set. Expected the keys that the token was sealed with")
  )
