/** What a customer's outcomes are worth from the assignment on, and what they were before it. */
import type { OutcomeFact, Window } from "./facts.ts"
import { dayMs, skewMs } from "./skew.ts"

interface Change {
  readonly at: number
  readonly micros: number
  readonly converts: number
  readonly pays: number
}

export interface Worth {
  readonly changes: ReadonlyArray<Change>
  readonly convertedAt: number | null
  readonly paid: number
  readonly micros: number
  readonly currency: string | null
  readonly covariate: number
  readonly unpriced: number
  readonly earlyOutcomes: number
  readonly refundsWithoutSale: number
  readonly refundsAboveSale: number
  readonly doubles: number
  readonly lastOutcomeAt: number | null
}

const nothing: Worth = {
  changes: [],
  convertedAt: null,
  paid: 0,
  micros: 0,
  currency: null,
  covariate: 0,
  unpriced: 0,
  earlyOutcomes: 0,
  refundsWithoutSale: 0,
  refundsAboveSale: 0,
  doubles: 0,
  lastOutcomeAt: null
}

export const worth = (
  assignedAt: number,
  outcomes: ReadonlyArray<OutcomeFact>,
  window: Window | undefined
): Worth => {
  if (outcomes.length === 0) return nothing
  const sales = outcomes.filter(({ kind }) => kind !== "refund").toSorted(byTime)
  const refunds = outcomes.filter(({ kind }) => kind === "refund").toSorted(byTime)
  const since = assignedAt - skewMs
  const counted = sales.filter(({ at }) => at >= since)
  const early = sales.filter(({ at }) => at < since)
  const returned = refunds.map((refund) => giveBack(refund, counted))
  const changes = [
    ...counted.map(({ at, kind, micros }) => ({ at, kind, micros: micros ?? 0 })),
    ...returned.flatMap(({ back, refund }) => back > 0 ? [{ at: refund.at, kind: refund.kind, micros: -back }] : [])
  ].toSorted(byTime)
  const converted = changes.findIndex(({ kind }) => kind === "conversion")
  const pays = changes.findIndex(({ micros }) => micros > 0)
  return {
    changes: changes.map(({ at, micros }, index) => ({
      at,
      micros,
      converts: index === converted ? 1 : 0,
      pays: index === pays ? 1 : 0
    })),
    convertedAt: changes[converted]?.at ?? null,
    paid: pays < 0 ? 0 : 1,
    micros: changes.reduce((sum, { micros }) => sum + micros, 0),
    currency: only(counted),
    covariate: before(assignedAt, early, refunds, window),
    unpriced: counted.filter(({ micros }) => micros === null).length,
    earlyOutcomes: early.length,
    refundsWithoutSale: refunds.filter(({ id }) => !sales.some((sale) => sale.id === id)).length,
    refundsAboveSale: returned.filter(({ above }) => above).length,
    doubles: counted.filter((sale) => counted.some((other) => isDouble(sale, other))).length,
    lastOutcomeAt: outcomes.reduce((last, { at }) => Math.max(last, at), 0)
  }
}

const byTime = (a: { readonly at: number }, b: { readonly at: number }) => a.at - b.at

/** A refund gives back what its transaction brought, no more, and all of it where it says no amount. */
const giveBack = (refund: OutcomeFact, counted: ReadonlyArray<OutcomeFact>) => {
  const sales = counted.filter(({ id }) => id === refund.id)
  const brought = sales.reduce((sum, { micros }) => sum + (micros ?? 0), 0)
  const known = sales.every(({ currency }) =>
    refund.currency === null || currency === null || currency === refund.currency
  )
  const asked = refund.micros ?? brought
  return { refund, back: known ? Math.min(asked, brought) : 0, above: sales.length > 0 && (asked > brought || !known) }
}

/** Amounts of 0 are the same in any currency. */
const only = (sales: ReadonlyArray<OutcomeFact>): string | null => {
  const currencies = new Set(sales.flatMap(({ currency, micros }) => micros ? [currency] : []))
  return currencies.size > 1 ? "*" : currencies.values().next().value ?? null
}

const before = (
  assignedAt: number,
  early: ReadonlyArray<OutcomeFact>,
  refunds: ReadonlyArray<OutcomeFact>,
  window: Window | undefined
): number => {
  if (window === undefined) return 0
  const from = assignedAt - window.covariateDays * dayMs
  const sales = early.filter(({ at, currency }) => at >= from && currency === window.currency)
  const back = refunds.filter(({ at }) => at < assignedAt - skewMs).map((refund) => giveBack(refund, sales).back)
  return sales.reduce((sum, { micros }) => sum + (micros ?? 0), 0) - back.reduce((sum, micros) => sum + micros, 0)
}

/** Told by the journal and by the application, under two ids. */
const isDouble = (sale: OutcomeFact, other: OutcomeFact) =>
  sale.source === "journal" && other.source !== "journal" && sale.id !== other.id && sale.kind === other.kind &&
  Math.abs(sale.at - other.at) < dayMs && (sale.micros === other.micros || sale.micros === null)
