import * as Plan from "@priceport/compare/Plan"
import type * as Report from "@priceport/compare/Report"
import { NotEnoughData, SampleRatioMismatch } from "@priceport/compare/statistics/Refusal"
import { Effect } from "effect"

const plan = Effect.runSync(Effect.fromResult(Plan.make({
  experiment: "botsi-or-corrily",
  arms: [{ arm: "botsi", weight: 0.5 }, { arm: "corrily", weight: 0.5 }],
  control: "botsi",
  currency: "USD",
  primary: "revenuePerCustomer",
  secondary: ["conversion", "revenuePerPayer"],
  cap: 120,
  horizon: { _tag: "sequence", target: 40_000 },
  power: { lift: 0.05, power: 0.8 }
})))

const days = Array.from(
  { length: 14 },
  (_, index) => new Date(Date.UTC(2026, 10, 1 + index)).toISOString().slice(0, 10)
)

const n = { control: 19_402, treatment: 19_388 }

const estimate = (
  scale: "difference" | "lift",
  value: number,
  half: number,
  mean: Report.Estimate["mean"]
): Report.Estimate => ({
  scale,
  estimate: value,
  standardError: half / 3.1,
  interval: { low: value - half, high: value + half, kind: "confidence-sequence", alpha: 0.05 },
  p: 0.0021,
  mean,
  n,
  exclusions: { overrides: 3, conversionsWithoutAmount: 0 }
})

const series = (metric: Plan.Metric, final: number, half: number): Report.Series => ({
  metric,
  arm: "corrily",
  points: days.map((day, index) => {
    const customers = Math.round(38_790 * (index + 1) / 14)
    if (index === 0) return { day, n: customers }
    const middle = final * (1 + Math.sin(index * 1.7) / (index + 1))
    const reach = half * Math.sqrt(14 / (index + 1))
    return { day, n: customers, estimate: middle, low: middle - reach, high: middle + reach }
  })
})

const arm = (name: string, facts: Partial<Report.Arm>): Report.Arm => ({
  arm: name,
  role: name === "botsi" ? "control" : "treatment",
  providers: [name],
  assigned: 20_011,
  served: 19_930,
  exposed: 19_402,
  converted: 1141,
  paid: 871,
  revenue: "30263.42",
  answers: 48_210,
  slowAnswers: 312,
  fallbackAnswers: 422,
  bundledAnswers: 90,
  standbyAnswers: 301,
  unanswered: 31,
  shows: 41_120,
  standbyShows: 288,
  conversion: {
    estimate: 0.0588,
    n: 19_402,
    interval: { low: 0.0555, high: 0.0622, kind: "exact", alpha: 0.05 }
  },
  ...facts
})

const latency = (provider: string, peak: number, spread: number): Report.Latency => ({
  provider,
  answers: 48_000,
  p50: peak,
  p95: peak * Math.exp(1.645 * spread),
  p99: peak * Math.exp(2.326 * spread),
  bins: Array.from({ length: 28 }, (_, index) => {
    const [from, to] = [20 * 1.25 ** (index - 1), 20 * 1.25 ** index]
    const distance = Math.log(Math.sqrt(from * to) / peak) / spread
    return { from, to, count: Math.round(48_000 * 0.223 / spread * 0.3989 * Math.exp(-distance * distance / 2)) }
  }).filter(({ count }) => count > 0)
})

/** Corrily is ahead, and nothing is wrong. */
export const better: Report.Report = {
  version: 1,
  experiment: plan.experiment,
  at: "2026-11-15T09:30:00.000Z",
  plan,
  planStoredAt: "2026-10-30T12:00:00.000Z",
  storedBefore: true,
  firstExposureAt: "2026-11-01T00:00:04.000Z",
  lastExposureAt: "2026-11-14T23:59:41.000Z",
  customers: { assigned: 40_008, exposed: 38_790 },
  seed: null,
  slowMs: 1000,
  verdict: { _tag: "Better", arm: "corrily" },
  gates: [
    { gate: "data", passed: true },
    { gate: "sampleRatio", passed: true },
    { gate: "contamination", passed: true }
  ],
  checks: [
    {
      name: "unknownArms",
      count: 0,
      of: 40_008,
      bound: 0.001,
      passed: true,
      says: "customers in arms that the plan does not have"
    },
    {
      name: "customersInTwoArms",
      count: 12,
      of: 40_008,
      bound: 0.01,
      passed: true,
      says: "customers assigned to several arms, counted in the first"
    },
    {
      name: "eventsLost",
      count: 0,
      of: 93_000,
      bound: 0.01,
      passed: true,
      says: "events dropped while the ledger could not be written"
    },
    { name: "overrides", count: 3, of: 40_008, passed: true, says: "customers put into an arm by hand, left out" }
  ],
  sampleRatio: [
    {
      population: "assigned",
      arms: [
        { arm: "botsi", weight: 0.5, observed: 20_011, expected: 20_004 },
        { arm: "corrily", weight: 0.5, observed: 19_997, expected: 20_004 }
      ],
      alpha: 0.001,
      p: 0.944
    },
    {
      population: "exposed",
      arms: [
        { arm: "botsi", weight: 0.5, observed: 19_402, expected: 19_395 },
        { arm: "corrily", weight: 0.5, observed: 19_388, expected: 19_395 }
      ],
      alpha: 0.001,
      p: 0.943
    }
  ],
  contamination: {
    share: 0.0131,
    bound: 0.05,
    arms: [
      { arm: "botsi", customers: 19_402, other: 288, standby: 288 },
      { arm: "corrily", customers: 19_388, other: 220, standby: 220 }
    ],
    servedBy: [
      { arm: "botsi", provider: "botsi", customers: 19_350 },
      { arm: "botsi", provider: "corrily", customers: 288 },
      { arm: "corrily", provider: "botsi", customers: 220 },
      { arm: "corrily", provider: "corrily", customers: 19_301 }
    ]
  },
  arms: [
    arm("botsi", {}),
    arm("corrily", {
      assigned: 19_997,
      served: 19_915,
      exposed: 19_388,
      converted: 1262,
      paid: 958,
      revenue: "33511.97",
      slowAnswers: 204,
      standbyAnswers: 230,
      conversion: {
        estimate: 0.0651,
        n: 19_388,
        interval: { low: 0.0617, high: 0.0687, kind: "exact", alpha: 0.05 }
      }
    })
  ],
  effects: [
    {
      metric: "revenuePerCustomer",
      role: "primary",
      arm: "corrily",
      difference: estimate("difference", 0.1687, 0.131, { control: 1.5598, treatment: 1.7285 }),
      lift: estimate("lift", 0.1082, 0.084, { control: 1.5598, treatment: 1.7285 }),
      adjustedP: 0.0021,
      significant: true
    },
    {
      metric: "conversion",
      role: "secondary",
      arm: "corrily",
      difference: estimate("difference", 0.0063, 0.0061, { control: 0.0588, treatment: 0.0651 }),
      lift: estimate("lift", 0.1071, 0.101, { control: 0.0588, treatment: 0.0651 }),
      adjustedP: 0.019,
      significant: true,
      chanceToWin: {
        estimate: 0.9948,
        interval: { low: 0.0014, high: 0.0112, kind: "credible", alpha: 0.05 },
        n,
        exclusions: {}
      }
    },
    {
      metric: "revenuePerPayer",
      role: "secondary",
      arm: "corrily",
      difference: estimate("difference", 0.23, 2.1, { control: 34.75, treatment: 34.98 }),
      lift: estimate("lift", 0.0066, 0.0601, { control: 34.75, treatment: 34.98 }),
      adjustedP: 0.71,
      significant: false
    }
  ],
  guardrails: [
    {
      guardrail: "slowAnswers",
      arm: "corrily",
      margin: 0.02,
      verdict: "holds",
      difference: estimate("difference", -0.0023, 0.0041, { control: 0.0065, treatment: 0.0042 })
    },
    {
      guardrail: "fallbackAnswers",
      arm: "corrily",
      margin: 0.02,
      verdict: "holds",
      difference: estimate("difference", -0.0015, 0.0052, { control: 0.0088, treatment: 0.0073 })
    }
  ],
  series: [
    series("revenuePerCustomer", 0.1687, 0.131),
    series("conversion", 0.0063, 0.0061),
    series("revenuePerPayer", 0.23, 2.1)
  ],
  funnel: [
    {
      arm: "botsi",
      providers: ["botsi"],
      steps: [
        { step: "assigned", customers: 20_011 },
        { step: "served", customers: 19_930 },
        { step: "exposed", customers: 19_402 },
        { step: "converted", customers: 1141 },
        { step: "paid", customers: 871 }
      ]
    },
    {
      arm: "corrily",
      providers: ["corrily"],
      steps: [
        { step: "assigned", customers: 19_997 },
        { step: "served", customers: 19_915 },
        { step: "exposed", customers: 19_388 },
        { step: "converted", customers: 1262 },
        { step: "paid", customers: 958 }
      ]
    }
  ],
  latency: [latency("botsi", 180, 0.62), latency("corrily", 95, 0.55)],
  treatments: [
    {
      arm: "botsi",
      treatment: "Treatment",
      exposed: 15_500,
      converted: 930,
      paid: 710,
      revenue: "24711.1",
      conversion: { estimate: 0.06, n: 15_500, interval: { low: 0.0563, high: 0.0639, kind: "exact", alpha: 0.05 } }
    },
    {
      arm: "botsi",
      treatment: "Control",
      exposed: 3902,
      converted: 211,
      paid: 161,
      revenue: "5552.32",
      conversion: { estimate: 0.0541, n: 3902, interval: { low: 0.0472, high: 0.0616, kind: "exact", alpha: 0.05 } }
    },
    {
      arm: "corrily",
      treatment: "Unknown",
      exposed: 19_388,
      converted: 1262,
      paid: 958,
      revenue: "33511.97",
      conversion: { estimate: 0.0651, n: 19_388, interval: { low: 0.0617, high: 0.0687, kind: "exact", alpha: 0.05 } }
    }
  ],
  exclusions: { overrides: 3, conversionsWithoutAmount: 0 }
}

const mismatch = new SampleRatioMismatch({
  p: 3.2e-12,
  alpha: 0.001,
  observed: [19_402, 18_041],
  expected: [18_721.5, 18_721.5]
})

/** One arm lost customers, so nothing is said about the effects. */
export const mismatched: Report.Report = {
  ...better,
  storedBefore: false,
  verdict: { _tag: "Withheld", at: "sampleRatio", refusal: mismatch },
  gates: [
    { gate: "data", passed: true },
    { gate: "sampleRatio", passed: false, refusal: mismatch },
    { gate: "contamination", passed: true }
  ],
  sampleRatio: [better.sampleRatio[0]!, {
    population: "exposed",
    arms: [
      { arm: "botsi", weight: 0.5, observed: 19_402, expected: 18_721.5 },
      { arm: "corrily", weight: 0.5, observed: 18_041, expected: 18_721.5 }
    ],
    alpha: 0.001,
    p: 3.2e-12,
    refusal: mismatch
  }],
  effects: better.effects.map(({ arm, metric, role }) => ({ arm, metric, role, refusal: mismatch })),
  guardrails: better.guardrails.map(({ arm, guardrail, margin }) => ({ arm, guardrail, margin, refusal: mismatch })),
  series: []
}

/** The interval holds zero. */
export const undecided: Report.Report = {
  ...better,
  verdict: { _tag: "Undecided" },
  effects: better.effects.map((effect) => ({ ...effect, significant: false, adjustedP: 0.41 })),
  needs: { customers: 61_000, daysLeft: 8 }
}

const little = new NotEnoughData({ what: "customers in the smaller arm", n: 0, needed: 100 })

/** The first minute: a plan, and nobody yet. */
export const empty: Report.Report = {
  version: 1,
  experiment: plan.experiment,
  at: better.at,
  plan,
  planStoredAt: better.planStoredAt,
  storedBefore: true,
  customers: { assigned: 0, exposed: 0 },
  seed: null,
  slowMs: 1000,
  verdict: { _tag: "Withheld", at: "effect", refusal: little },
  gates: better.gates,
  checks: better.checks.map((check) => ({ ...check, count: 0, of: 0 })),
  sampleRatio: better.sampleRatio.map(({ alpha, arms, population }) => ({
    population,
    alpha,
    arms: arms.map(({ arm, weight }) => ({ arm, weight, observed: 0, expected: 0 })),
    refusal: little
  })),
  contamination: {
    share: 0,
    bound: 0.05,
    arms: better.contamination.arms.map(({ arm }) => ({ arm, customers: 0, other: 0, standby: 0 })),
    servedBy: []
  },
  arms: better.arms.map(({ arm, providers, role }): Report.Arm => ({
    arm,
    role,
    providers,
    assigned: 0,
    served: 0,
    exposed: 0,
    converted: 0,
    paid: 0,
    revenue: "0",
    answers: 0,
    slowAnswers: 0,
    fallbackAnswers: 0,
    bundledAnswers: 0,
    standbyAnswers: 0,
    unanswered: 0,
    shows: 0,
    standbyShows: 0
  })),
  effects: better.effects.map(({ arm, metric, role }) => ({ arm, metric, role, refusal: little })),
  guardrails: better.guardrails.map(({ arm, guardrail, margin }) => ({ arm, guardrail, margin, refusal: little })),
  series: [],
  funnel: better.funnel.map(({ arm, providers, steps }) => ({
    arm,
    providers,
    steps: steps.map(({ step }) => ({ step, customers: 0 }))
  })),
  latency: [],
  treatments: [],
  exclusions: { overrides: 0, conversionsWithoutAmount: 0 }
}

/** The same report with every name of an arm or vendor replaced. */
export const renamed = (report: Report.Report, names: Readonly<Record<string, string>>): Report.Report => {
  const rename = (value: unknown): unknown =>
    typeof value === "string"
      ? names[value] ?? value
      : Array.isArray(value)
      ? value.map(rename)
      : typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype
      ? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, rename(member)]))
      : value
  return rename(report) as Report.Report
}
