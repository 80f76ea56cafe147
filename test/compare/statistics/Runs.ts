import * as Distribution from "@priceport/compare/statistics/Distribution"
import { type Random, seeded } from "./Random.ts"

/** 20,000 runs for the long test, a part of them otherwise. */
export const runs = (usual: number): number => process.env["PRICEPORT_TEST_LONG"] === "1" ? 20_000 : usual

/** For the long test. */
export const patient = { timeout: 900_000 }

/** How many of the runs said yes; each run has its own seed. */
export const tally = (total: number, seed: number, run: (random: Random) => boolean): number => {
  let yes = 0
  for (let index = 0; index < total; index++) if (run(seeded(seed * 1_000_003 + index))) yes++
  return yes
}

/** The exact band in which 99.9 % of such tallies lie, if the chance of a yes is the nominal one. */
const band = (total: number, nominal: number) => Distribution.binomialBand(total, nominal, 0.999)

/** What is wrong with a tally that should lie in the band; none if it does. */
export const off = (count: number, total: number, nominal: number): string | undefined =>
  tooMany(count, total, nominal) ?? tooFew(count, total, nominal)

export const tooMany = (count: number, total: number, nominal: number): string | undefined =>
  count > band(total, nominal).high ? text(count, total, nominal) : undefined

export const tooFew = (count: number, total: number, nominal: number): string | undefined =>
  count < band(total, nominal).low ? text(count, total, nominal) : undefined

const text = (count: number, total: number, nominal: number) => {
  const { high, low } = band(total, nominal)
  return `${count} of ${total} (${(100 * count / total).toFixed(2)} %), the band of ${nominal} is ${low} to ${high}`
}
