import * as Distribution from "@priceport/compare/statistics/Distribution"
import * as Moments from "@priceport/compare/statistics/Moments"
import type { Random } from "./Random.ts"

/** Customers of whom few pay, and of those few pay most: amounts are lognormal, and capped as the plan says. */
export interface Shop {
  /** The share of customers who pay. */
  readonly rate: number
  readonly median: number
  /** Of the logarithm of an amount; at 1.5, one payer in a hundred brings a quarter of the revenue. */
  readonly sigma: number
  readonly cap: number
}

/** The mean of the capped amount of a payer, exactly. */
export const perPayer = ({ cap, median, sigma }: Shop): number => {
  const z = Math.log(cap / median) / sigma
  return median * Math.exp(sigma * sigma / 2) * Distribution.normalUpper(sigma - z) + cap * Distribution.normalUpper(z)
}

export const perCustomer = (shop: Shop): number => shop.rate * perPayer(shop)

/** Sums of what `n` new customers bring, `y` the amount and `x` whether they paid: quicker than one customer at a time. */
export const serve = (random: Random, shop: Shop, n: number): Moments.Moments => {
  const payers = random.count(n, shop.rate)
  let [y, yy] = [0, 0]
  for (let payer = 0; payer < payers; payer++) {
    const amount = Math.min(shop.cap, shop.median * Math.exp(shop.sigma * random.normal()))
    y += amount
    yy += amount * amount
  }
  return Moments.fromSums({ n, y, yy, x: payers, xx: payers, xy: y })
}
