/** What a report keeps of the customers while it reads them. */
import { type Arm, providersOf } from "../Plan.ts"
import * as Accumulator from "../statistics/Accumulator.ts"

const counters = [
  "assigned",
  "served",
  "exposed",
  "converted",
  "paid",
  "convertedAndPaid",
  "answers",
  "slowAnswers",
  "bundledAnswers",
  "standbyAnswers",
  "unanswered",
  "shows",
  "standbyShows",
  "other",
  "otherByStandby"
] as const

type Counts = Record<typeof counters[number], number>

interface Part {
  exposed: number
  converted: number
  paid: number
  micros: bigint
}

/** One arm, while it is read. */
export interface ArmTally {
  readonly arm: string
  readonly providers: ReadonlyArray<string>
  readonly weight: number
  readonly counts: Counts
  readonly micros: { all: bigint }
  readonly exposedByDay: Map<number, number>
  readonly servedBySet: Map<number, number>
  readonly treatments: Map<number, Part>
  readonly moments: {
    readonly revenuePerCustomer: Accumulator.Accumulator
    readonly revenuePerPayer: Accumulator.Accumulator
    readonly slowAnswers: Accumulator.Accumulator
    readonly fallbackAnswers: Accumulator.Accumulator
  }
}

/** What is odd, counted over all arms. */
export interface Oddities {
  customers: number
  exposed: number
  unknownArms: number
  customersInTwoArms: number
  exposedBeforeAssigned: number
  eventsInTheFuture: number
  mixedCurrencies: number
  uncountedShows: number
  shows: number
  overrides: number
  outcomesBeforeAssignment: number
  outcomesWithoutExposure: number
  conversionsWithoutAmount: number
  refundsWithoutSale: number
  refundsAboveSale: number
  possibleDoubles: number
  withOutcomes: number
}

export interface Tally {
  readonly arms: ReadonlyArray<ArmTally>
  readonly oddities: Oddities
  readonly currencies: ReadonlySet<string>
  readonly firstExposureAt: number | undefined
  readonly lastExposureAt: number | undefined
}

export const emptyArm = (arm: Arm): ArmTally => ({
  arm: arm.arm,
  providers: providersOf(arm),
  weight: arm.weight,
  counts: Object.fromEntries(counters.map((name) => [name, 0])) as Counts,
  micros: { all: 0n },
  exposedByDay: new Map(),
  servedBySet: new Map(),
  treatments: new Map(),
  moments: {
    revenuePerCustomer: Accumulator.make(),
    revenuePerPayer: Accumulator.make(),
    slowAnswers: Accumulator.make(),
    fallbackAnswers: Accumulator.make()
  }
})

export const noOddities = (): Oddities => ({
  customers: 0,
  exposed: 0,
  unknownArms: 0,
  customersInTwoArms: 0,
  exposedBeforeAssigned: 0,
  eventsInTheFuture: 0,
  mixedCurrencies: 0,
  uncountedShows: 0,
  shows: 0,
  overrides: 0,
  outcomesBeforeAssignment: 0,
  outcomesWithoutExposure: 0,
  conversionsWithoutAmount: 0,
  refundsWithoutSale: 0,
  refundsAboveSale: 0,
  possibleDoubles: 0,
  withOutcomes: 0
})
