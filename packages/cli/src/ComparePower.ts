/**
 * How many customers a plan takes, and how many days.
 */
import type { Plan } from "@priceport/compare/Plan"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { Flag } from "./Cli.ts"
import * as CompareFailure from "./CompareFailure.ts"

/** How often a confidence sequence is thought to be looked at: daily, for two weeks. */
const looks = 14

/** What is known before there is a customer. */
export const flags = {
  rate: Flag.Finite("rate").pipe(
    Flag.withMetavar("SHARE"),
    Flag.withDescription("Also say how many customers it takes, at this conversion rate of the control, such as 0.05"),
    Flag.optional
  ),
  perDay: Flag.Finite("per-day").pipe(
    Flag.withMetavar("N"),
    Flag.withDescription("With --rate: how many days that takes, at so many new customers a day in all arms"),
    Flag.optional
  )
}

/** All arms together. */
export interface Needs {
  readonly customers: number
  readonly days?: number
}

/** What a plan takes; nothing where no rate is given. */
export const needs = (
  { alpha, arms, control, horizon, power: wanted, primary }: Plan,
  given: { readonly rate: Option.Option<number>; readonly perDay: Option.Option<number> }
): Effect.Effect<Needs | undefined, CompareFailure.CompareFailure> =>
  Effect.gen(function*() {
    if (Option.isNone(given.rate)) return undefined
    const rate = given.rate.value
    const { customers, days, proportions } = yield* Effect.promise(() => import("@priceport/compare/statistics/Power"))
    if (primary !== "conversion") {
      return yield* CompareFailure.invalid("rate", "Expected a plan whose primary metric is conversion")
    }
    if (wanted === undefined) {
      return yield* CompareFailure.invalid(
        "plan",
        "Expected the member power: which lift is to be found, and how surely"
      )
    }
    const { lift, power } = wanted
    const other = rate * (1 + lift)
    if (!(rate > 0 && rate < 1 && other > 0 && other < 1 && lift !== 0)) {
      return yield* CompareFailure.invalid(
        "rate",
        "Expected a share between 0 and 1 that the plan's lift leaves there, and changes"
      )
    }
    if (power <= alpha) return yield* CompareFailure.invalid("plan", "Expected a power above alpha")
    const own = arms.find(({ arm }) => arm === control)?.weight ?? 0
    // The smallest arm decides when each has enough.
    const smallest = Math.min(...arms.filter(({ arm }) => arm !== control).map(({ weight }) => weight))
    const looking = horizon._tag === "fixed"
      ? { _tag: "fixed", alpha } as const
      : { _tag: "sequence", alpha, looks } as const
    const pair = customers(proportions(rate, lift, smallest / (smallest + own)), power, looking)
    const all = Math.ceil(pair / (smallest + own))
    if (Option.isNone(given.perDay)) return { customers: all }
    const took = days(all, given.perDay.value)
    return Result.isSuccess(took)
      ? { customers: all, days: took.success }
      : yield* CompareFailure.invalid("per-day", "Expected a number above 0")
  })
