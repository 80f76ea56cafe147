/**
 * One currency, or no revenue.
 *
 * @since 0.4.0
 */
import * as Result from "effect/Result"
import { MixedCurrencies } from "./Refusal.ts"

/**
 * The only currency among those seen; none where nothing was paid.
 *
 * @category predicates
 * @since 0.4.0
 */
export const only = (seen: Iterable<string>): Result.Result<string | undefined, MixedCurrencies> => {
  const currencies = Array.from(new Set(seen)).toSorted()
  return currencies.length > 1 ? Result.fail(new MixedCurrencies({ currencies })) : Result.succeed(currencies[0])
}
