import * as PricingError from "@priceport/core/provider/PricingError"
import * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"

/**
 * What a failure means for the entry.
 *
 * - `Again`: the vendor, the way to it or our key is in trouble, not the entry. `lost` where the vendor may have acted.
 * - `Refused`: repeating it changes nothing. Without an `error` it was a defect.
 */
export type Verdict = Data.TaggedEnum<{
  Again: { readonly reason: string; readonly attempted: boolean; readonly lost: boolean; readonly notBefore: number }
  Refused: {
    readonly reason: string
    readonly error: PricingError.PricingError | undefined
    readonly tooLarge: boolean
  }
}>

const { Again, Refused } = Data.taggedEnum<Verdict>()

/** `notBefore` is 0 where the vendor named no time. */
export const of = (cause: Cause.Cause<PricingError.PricingError>, now: number): Verdict => {
  const error = Option.getOrUndefined(Cause.findErrorOption(cause))
  if (error === undefined) return Refused({ reason: "Defect", error, tooLarge: false })
  const { reason, retryAfter } = error
  if (!error.isRetryable && !isOurTrouble(reason)) {
    return Refused({ reason: reason._tag, error, tooLarge: reason._tag === "Rejected" && reason.status === 413 })
  }
  const until = reason._tag === "CircuitOpen" && reason.until !== undefined ? Date.parse(reason.until) : 0
  return Again({
    reason: reason._tag,
    attempted: PricingError.wasAttempted(reason),
    lost: PricingError.mayHaveArrived(reason),
    notBefore: retryAfter === undefined ? until : now + Duration.toMillis(retryAfter)
  })
}

/** A wrong key is no fault of the entry: it is kept until there is another key. So is an open circuit. */
const isOurTrouble = ({ _tag }: PricingError.Reason): boolean =>
  _tag === "Unauthorized" || _tag === "Forbidden" || _tag === "CircuitOpen"
