/** All that a report needs of the customers of an experiment, from reading each row once. */
import type { Row } from "../Ledger.ts"
import type { Plan } from "../Plan.ts"
import * as Winsor from "../statistics/Winsor.ts"
import { dayOf, skewMs } from "./skew.ts"
import { type ArmTally, emptyArm, noOddities, type Tally } from "./tallyParts.ts"

export const make = (plan: Plan, sets: ReadonlyMap<number, ReadonlyArray<string>>, now: number) => {
  const arms = plan.arms.map(emptyArm)
  const byName = new Map(arms.map((arm) => [arm.arm, arm]))
  const currencies = new Set<string>()
  const capped = Winsor.cap(plan.cap)
  const latest = now + skewMs
  let firstExposureAt = Infinity
  let lastExposureAt = -Infinity
  const odd = noOddities()

  /** Who served that is not the arm's own: nobody, only those who stood in, or others. */
  const strangers = (arm: ArmTally, row: Row): "none" | "standby" | "other" => {
    const others = (sets.get(row.served) ?? []).filter((provider) => !arm.providers.includes(provider))
    if (others.length === 0) return "none"
    const standby = sets.get(row.standby) ?? []
    return others.every((provider) => standby.includes(provider)) ? "standby" : "other"
  }
  const strangersOf = new Map<ArmTally, Map<number, ReturnType<typeof strangers>>>(arms.map((arm) => [arm, new Map()]))
  const known = (arm: ArmTally, row: Row) => {
    const key = row.served * 1_000_003 + row.standby
    const cached = strangersOf.get(arm)?.get(key)
    if (cached !== undefined) return cached
    const answer = strangers(arm, row)
    strangersOf.get(arm)?.set(key, answer)
    return answer
  }

  const outcomes = (row: Row) => {
    odd.withOutcomes += 1
    if (row.earlyOutcomes > 0) odd.outcomesBeforeAssignment += 1
    if (row.exposedAt === null && row.convertedAt !== null) odd.outcomesWithoutExposure += 1
    if (row.exposedAt !== null) odd.conversionsWithoutAmount += row.unpriced
    if (row.refundsWithoutSale > 0) odd.refundsWithoutSale += 1
    if (row.refundsAboveSale > 0) odd.refundsAboveSale += 1
    if (row.doubles > 0) odd.possibleDoubles += 1
    if (row.currency === null || row.exposedAt === null) return
    currencies.add(row.currency)
    if (row.currency !== plan.currency) odd.mixedCurrencies += 1
  }

  const exposed = (arm: ArmTally, row: Row, at: number) => {
    const { counts, moments } = arm
    odd.exposed += 1
    counts.exposed += 1
    if (at < firstExposureAt) firstExposureAt = at
    if (at > lastExposureAt) lastExposureAt = at
    const day = dayOf(at)
    arm.exposedByDay.set(day, (arm.exposedByDay.get(day) ?? 0) + 1)
    arm.servedBySet.set(row.served, (arm.servedBySet.get(row.served) ?? 0) + 1)
    const others = known(arm, row)
    if (others !== "none") counts.other += 1
    if (others === "standby") counts.otherByStandby += 1

    const revenue = capped(row.micros / 1e6)
    moments.revenuePerCustomer.add(revenue, row.covariate / 1e6)
    moments.revenuePerPayer.add(row.paid === 1 ? revenue : 0, row.paid)
    let part = arm.treatments.get(row.treatment ?? 3)
    if (part === undefined) {
      arm.treatments.set(row.treatment ?? 3, part = { exposed: 0, converted: 0, paid: 0, micros: 0n })
    }
    part.exposed += 1
    if (row.convertedAt !== null) {
      counts.converted += 1
      part.converted += 1
      if (row.paid === 1) counts.convertedAndPaid += 1
    }
    if (row.paid === 1) {
      counts.paid += 1
      part.paid += 1
    }
    if (row.micros !== 0) {
      arm.micros.all += BigInt(row.micros)
      part.micros += BigInt(row.micros)
    }
  }

  return {
    add: (row: Row): void => {
      odd.customers += 1
      const arm = byName.get(row.arm)
      if (row.overridden === 1) {
        odd.overrides += 1
        return
      }
      if (arm === undefined) {
        odd.unknownArms += 1
        return
      }
      if (row.arms > 1) odd.customersInTwoArms += 1
      if (row.earlyShow === 1) odd.exposedBeforeAssigned += 1
      if ((row.exposedAt ?? 0) > latest || (row.lastOutcomeAt ?? 0) > latest || row.assignedAt > latest) {
        odd.eventsInTheFuture += 1
      }
      odd.uncountedShows += row.uncountedShows
      odd.shows += row.shows
      if (row.lastOutcomeAt !== null) outcomes(row)

      const { counts, moments } = arm
      counts.assigned += 1
      if (row.served !== 0 || row.exposedAt !== null) counts.served += 1
      counts.answers += row.answers
      counts.slowAnswers += row.slow
      counts.bundledAnswers += row.bundledAnswers
      counts.standbyAnswers += row.standbyAnswers
      counts.unanswered += row.unanswered
      counts.shows += row.shows
      counts.standbyShows += row.standbyShows
      moments.slowAnswers.add(row.slow, row.answers)
      moments.fallbackAnswers.add(
        row.bundledAnswers + row.standbyAnswers + row.unanswered,
        row.answers + row.unanswered
      )
      if (row.exposedAt !== null) exposed(arm, row, row.exposedAt)
    },
    end: (): Tally => ({
      arms,
      oddities: odd,
      currencies,
      firstExposureAt: firstExposureAt === Infinity ? undefined : firstExposureAt,
      lastExposureAt: lastExposureAt === -Infinity ? undefined : lastExposureAt
    })
  }
}
