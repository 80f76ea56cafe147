import type { Measured } from "../routing/MigrationState.ts"

/** The vendor that is left, or the one that is moved to. */
export type Side = "from" | "to"

/** What one process has seen in one window. */
export interface Count {
  readonly read: (side: Side, read: { readonly isAnswered: boolean; readonly isSlow: boolean }) => void
  readonly served: (side: Side, unit: string) => void
  readonly converted: (side: Side) => void
  readonly compared: (isMaterial: boolean) => void
  readonly isEmpty: () => boolean
  readonly measured: (stage: number) => Measured
}

/** Customers are told apart up to this many; further ones count on neither side. */
const maxCustomers = 200_000

/** Begins a window. */
export const begin = (startedAt: number): Count => {
  const answered = { from: 0, to: 0 }
  const failed = { from: 0, to: 0 }
  const slow = { from: 0, to: 0 }
  const converted = { from: 0, to: 0 }
  const customers = { from: new Set<string>(), to: new Set<string>() }
  let compared = 0
  let material = 0
  return {
    read: (side, { isAnswered, isSlow }) => {
      const kind = isAnswered ? answered : failed
      kind[side]++
      if (isAnswered && isSlow) slow[side]++
    },
    served: (side, unit) => {
      if (customers.from.size + customers.to.size < maxCustomers) customers[side].add(unit)
    },
    converted: (side) => {
      converted[side]++
    },
    compared: (isMaterial) => {
      compared++
      if (isMaterial) material++
    },
    isEmpty: () => [answered, failed, converted].every(({ from, to }) => from + to === 0) && compared === 0,
    measured: (stage) => ({
      _tag: "Measured",
      stage,
      startedAt,
      answered: { ...answered },
      failed: { ...failed },
      slow: { ...slow },
      customers: { from: customers.from.size, to: customers.to.size },
      converted: { ...converted },
      compared,
      material
    })
  }
}
