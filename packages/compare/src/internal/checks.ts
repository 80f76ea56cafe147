/** Questions to the data themselves, before any answer is taken from them. */
import type { Strays } from "../Ledger.ts"
import type { Plan } from "../Plan.ts"
import { type Check, UnsoundData, type Withheld } from "../Report.ts"
import { MixedCurrencies } from "../statistics/Refusal.ts"
import type { Tally } from "./tallyParts.ts"

interface Question {
  readonly name: Check["name"]
  readonly count: number
  readonly of: number
  /** The share from which on the verdict is withheld: anything above it. */
  readonly bound?: number
  readonly says: string
}

export const checks = (plan: Plan, { oddities: odd }: Tally, strays: Strays): ReadonlyArray<Check> => {
  const asksRevenue = [plan.primary, ...plan.secondary].some((metric) => metric !== "conversion")
  const questions: ReadonlyArray<Question> = [
    {
      name: "unknownArms",
      count: odd.unknownArms,
      of: odd.customers,
      bound: 0,
      says: "customers in arms that the plan does not have"
    },
    {
      name: "customersInTwoArms",
      count: odd.customersInTwoArms,
      of: odd.customers,
      bound: 0.01,
      says: "customers assigned to several arms, counted in the first"
    },
    {
      name: "eventsInTheFuture",
      count: odd.eventsInTheFuture,
      of: odd.customers,
      bound: 0.001,
      says: "customers with events later than now: a clock is wrong"
    },
    {
      name: "exposedBeforeAssigned",
      count: odd.exposedBeforeAssigned,
      of: odd.customers,
      says: "customers whose only exposures were before their assignment, not counted as exposed"
    },
    {
      name: "mixedCurrencies",
      count: odd.mixedCurrencies,
      of: odd.exposed,
      ...asksRevenue && { bound: 0 },
      says: `exposed customers who paid in another currency than ${plan.currency}`
    },
    {
      name: "eventsLost",
      count: strays.lost,
      of: strays.lost + strays.shows + odd.customers,
      bound: 0.01,
      says: "events dropped while the ledger could not be written"
    },
    {
      name: "showsWithoutCustomer",
      count: strays.showsWithoutCustomer,
      of: strays.shows,
      says: "reports of an exposure that name no customer, as those of bundled paywalls, of all experiments"
    },
    {
      name: "showsNotCounted",
      count: odd.uncountedShows,
      of: odd.uncountedShows + odd.shows,
      says: "reports of an exposure to a paywall that was asked for with enroll false"
    },
    {
      name: "outcomesOfNobody",
      count: strays.outcomesOfNobody,
      of: strays.outcomes,
      says: "outcomes of customers who were assigned to nothing: outside of all experiments, or spelled otherwise here"
    },
    { name: "overrides", count: odd.overrides, of: odd.customers, says: "customers put into an arm by hand, left out" },
    {
      name: "outcomesBeforeAssignment",
      count: odd.outcomesBeforeAssignment,
      of: odd.withOutcomes,
      says: "customers with outcomes from before their assignment, which do not count"
    },
    {
      name: "outcomesWithoutExposure",
      count: odd.outcomesWithoutExposure,
      of: odd.withOutcomes,
      says: "customers who converted without a reported exposure, left out of effects"
    },
    {
      name: "conversionsWithoutAmount",
      count: odd.conversionsWithoutAmount,
      of: odd.withOutcomes,
      says: "sales without an amount, as of the App Store: counted as conversions, not in revenue"
    },
    {
      name: "refundsWithoutSale",
      count: odd.refundsWithoutSale,
      of: odd.withOutcomes,
      says: "customers with refunds of transactions that are not known, which do not count"
    },
    {
      name: "refundsAboveSale",
      count: odd.refundsAboveSale,
      of: odd.withOutcomes,
      says: "customers with refunds above the sale or in another currency, counted up to the sale"
    },
    {
      name: "possibleDoubles",
      count: odd.possibleDoubles,
      of: odd.withOutcomes,
      bound: 0.05,
      says: "customers with the same sale told by a validated purchase and by the application, under two ids"
    }
  ]
  return questions.map((question) => ({
    ...question,
    passed: question.bound === undefined || question.count <= question.bound * question.of
  }))
}

/** Why the data are not fit to be compared, if they are not. */
export const refusal = (checks: ReadonlyArray<Check>, plan: Plan, tally: Tally): Withheld | undefined => {
  const failed = checks.filter(({ passed }) => !passed).map(({ name }) => name)
  if (failed.length === 0) return undefined
  return failed.every((name) => name === "mixedCurrencies") ? mixed(plan, tally) : new UnsoundData({ checks: failed })
}

const mixed = (plan: Plan, { currencies }: Tally): MixedCurrencies =>
  new MixedCurrencies({
    currencies: Array.from(new Set([plan.currency, ...currencies]))
      .map((currency) => currency === "*" ? "several by one customer" : currency)
      .toSorted()
  })
