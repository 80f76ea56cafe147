import type { Metric } from "../Plan.ts"

const cache = new Map<string, Intl.NumberFormat>()

const format = (options: Intl.NumberFormatOptions): Intl.NumberFormat => {
  const key = JSON.stringify(options)
  const found = cache.get(key) ?? new Intl.NumberFormat("en", options)
  cache.set(key, found)
  return found
}

/** A minus sign, not a hyphen, and a plus where it matters. */
const signed = (text: string, value: number): string =>
  !/[1-9]/.test(text) ? text.replace("-", "") : value > 0 ? `+${text}` : text.replace("-", "−")

const sign = (text: string): string => text.replace("-", "−")

/** `12,345`. */
export const count = (value: number): string => format({}).format(value)

/** A share as `4.2 %`. */
export const percent = (share: number, digits = 1): string =>
  sign(format({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(share * 100)) + " %"

/** A relative change as `+4.2 %`. */
export const change = (share: number, digits = 1): string =>
  signed(format({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(share * 100), share) + " %"

/** A difference of two shares as `+0.42 points`, hundredths of the whole. */
export const points = (difference: number): string =>
  signed(format({ minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(difference * 100), difference) +
  " points"

const money = (currency: string) => format({ style: "currency", currency })

/** Exact decimal digits in the currency's own form. */
export const amount = (digits: string, currency: string): string => sign(money(currency).format(digits as `${number}`))

/** What a metric is measured in. */
export const value = (metric: Metric, currency: string) => (value: number): string =>
  metric === "conversion" ? percent(value, 2) : sign(money(currency).format(value))

/** How much a metric differs. */
export const difference = (metric: Metric, currency: string) => (value: number): string =>
  metric === "conversion" ? points(value) : signed(money(currency).format(value), value)

/** From and to. */
export const range = (
  { high, low }: { readonly low: number; readonly high: number },
  each: (value: number) => string
) => `${each(low)} to ${each(high)}`

/** The chance of something that far off, in few digits. */
export const probability = (p: number): string =>
  p < 0.0001 ? "below 0.0001" : format({ maximumFractionDigits: 4 }).format(p)

/** A weight, a level, a margin. */
export const decimal = (value: number): string => sign(format({ maximumSignificantDigits: 4 }).format(value))

/** `85 ms`, `1.2 s`. */
export const milliseconds = (ms: number): string =>
  ms < 1000
    ? `${format({ maximumFractionDigits: 0 }).format(ms)} ms`
    : `${format({ maximumSignificantDigits: 3 }).format(ms / 1000)} s`

const day = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeZone: "UTC" })
const minute = new Intl.DateTimeFormat("en", {
  dateStyle: "medium",
  timeStyle: "short",
  hourCycle: "h23",
  timeZone: "UTC"
})

/** The day of an instant. */
export const date = (instant: string): string => day.format(Date.parse(instant))

/** An instant, to the minute, in UTC. */
export const instant = (instant: string): string => `${minute.format(Date.parse(instant))} UTC`

/** `a`, `a and b`, `a, b and c`. */
export const list = (names: ReadonlyArray<string>): string => new Intl.ListFormat("en-GB").format(names)
