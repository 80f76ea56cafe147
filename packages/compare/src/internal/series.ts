/** The effect at the end of each day: who was exposed by then, and what they had done by then. */
import { timestamp } from "@priceport/core/domain/Identifier"
import * as Result from "effect/Result"
import type { Payment } from "../Ledger.ts"
import type { Metric, Plan } from "../Plan.ts"
import type { Series } from "../Report.ts"
import * as Comparison from "../statistics/Comparison.ts"
import * as Moments from "../statistics/Moments.ts"
import * as Winsor from "../statistics/Winsor.ts"
import { contrastOf, methodOf } from "./effects.ts"
import { dayMs, dayOf } from "./skew.ts"
import type { Tally } from "./tallyParts.ts"

/** What a customer adds to a metric's sums. */
interface Point {
  readonly y: number
  readonly x: number
}

interface Standing {
  readonly unit: string
  readonly micros: number
  readonly converted: number
  readonly paid: number
}

export const make = (plan: Plan) => {
  const metrics = [plan.primary, ...plan.secondary]
  const capped = Winsor.cap(plan.cap)
  const arms = new Set(plan.arms.map(({ arm }) => arm))
  const days = new Map<string, Map<number, Moments.Moments>>()
  let standing: Standing = { unit: "", micros: 0, converted: 0, paid: 0 }

  const pointOf = (metric: Metric, { converted, micros, paid }: Standing): Point => {
    switch (metric) {
      case "conversion":
        return { y: converted, x: 0 }
      case "revenuePerCustomer":
        return { y: capped(micros / 1e6), x: 0 }
      case "revenuePerPayer":
        return { y: paid === 1 ? capped(micros / 1e6) : 0, x: paid }
    }
  }

  const add = (metric: Metric, arm: string, day: number, change: Moments.Moments) => {
    const key = `${metric} ${arm}`
    const known = days.get(key) ?? new Map<number, Moments.Moments>()
    known.set(day, Moments.merge(known.get(day) ?? Moments.empty, change))
    days.set(key, known)
  }

  return {
    add: ({ arm, at, converts, exposedAt, micros, pays, unit }: Payment): void => {
      if (!arms.has(arm)) return
      const before = standing.unit === unit ? standing : { unit, micros: 0, converted: 0, paid: 0 }
      standing = {
        unit,
        micros: before.micros + micros,
        converted: before.converted + converts,
        paid: before.paid + pays
      }
      const day = dayOf(Math.max(at, exposedAt))
      for (const metric of metrics) {
        const change = difference(pointOf(metric, before), pointOf(metric, standing))
        if (change !== undefined) add(metric, arm, day, change)
      }
    },
    end: (tally: Tally, now: number): ReadonlyArray<Series> => {
      const { firstExposureAt } = tally
      if (firstExposureAt === undefined) return []
      for (const { arm, exposedByDay } of tally.arms) {
        for (const [day, n] of exposedByDay) {
          for (const metric of metrics) add(metric, arm, day, { ...Moments.empty, n })
        }
      }
      const [first, last] = [dayOf(firstExposureAt), dayOf(now)]
      return metrics.flatMap((metric) =>
        plan.arms.filter(({ arm }) => arm !== plan.control).map(({ arm }) => {
          let control = Moments.empty
          let treatment = Moments.empty
          const points: Array<Series["points"][number]> = []
          for (let day = first; day <= last; day++) {
            control = Moments.merge(control, days.get(`${metric} ${plan.control}`)?.get(day) ?? Moments.empty)
            treatment = Moments.merge(treatment, days.get(`${metric} ${arm}`)?.get(day) ?? Moments.empty)
            points.push({ day: nameOfDay(day), ...look(plan, metric, control, treatment) })
          }
          return { metric, arm, points }
        })
      )
    }
  }
}

const look = (plan: Plan, metric: Metric, control: Moments.Moments, treatment: Moments.Moments) => {
  const n = control.n + treatment.n
  const result = Result.flatMap(
    contrastOf(metric, { control, treatment }),
    (contrast) => Comparison.difference(contrast, methodOf(plan))
  )
  return Result.isFailure(result)
    ? { n }
    : { n, estimate: result.success.estimate, low: result.success.interval.low, high: result.success.interval.high }
}

const difference = (before: Point, after: Point): Moments.Moments | undefined => {
  const change = {
    y: after.y - before.y,
    yy: after.y * after.y - before.y * before.y,
    x: after.x - before.x,
    xx: after.x * after.x - before.x * before.x,
    xy: after.x * after.y - before.x * before.y
  }
  return Object.values(change).every((value) => value === 0) ? undefined : Moments.fromSums({ n: 0, ...change })
}

const nameOfDay = (day: number): string => timestamp(day * dayMs).slice(0, 10)
