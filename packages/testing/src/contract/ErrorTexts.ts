/**
 * What an error says of itself, wherever it is printed.
 *
 * @since 0.1.0
 */
import { assert } from "@effect/vitest"
import { PricingError } from "@priceport/core/provider/PricingError"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { inspect } from "node:util"
import type { Given } from "./Bench.ts"
import * as Transactions from "./Transactions.ts"

/** An error as JSON text, and back. */
export const codec = Schema.fromJsonString(Schema.toCodecJson(PricingError))

/** Fails when an error shows a key, the customer or a purchase. */
export const assertDiscreet = Effect.fnUntraced(function*({ request, vendor }: Given, error: PricingError) {
  const { id, ip, profiles } = request.customer
  const identities = [id, ip, ...Object.values(profiles ?? {})].filter((identity) => identity !== undefined)
  const texts = [
    error.message,
    String(error),
    String(error.stack),
    JSON.stringify(error),
    yield* Schema.encodeEffect(codec)(error),
    inspect(error, { depth: Infinity }),
    inspect(error, { depth: Infinity, showHidden: true, customInspect: false }),
    Cause.pretty(Cause.fail(error))
  ]
  for (const secret of [...vendor.secrets, ...identities, ...Transactions.secrets]) {
    for (const text of texts) assert.notInclude(text, secret)
  }
})
