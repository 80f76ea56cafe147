/**
 * What a product costs one visitor, as text: Corrily's answers hold no number and no currency code.
 *
 * @since 0.1.0
 */
import * as Currency from "./Currency.ts"

/**
 * A visitor's arm of the price experiment: the baseline, a fifth less or a quarter more.
 *
 * @category models
 * @since 0.1.0
 */
export type Arm = "baseline" | "lower" | "higher"

/** What a visitor's prices are made from; kept with the visitor, so that they stay. */
export interface Quote {
  readonly arm: Arm
  readonly country: string
  /** ISO 4217: what the amounts are computed in. */
  readonly currency: string
  /** ISO 4217: what they are shown in instead, with the same amount. */
  readonly shownIn?: string | undefined
}

/** The arm for a number from 0 to 1. */
export const armOf = (random: number): Arm => random < 1 / 3 ? "baseline" : random < 2 / 3 ? "lower" : "higher"

/** The price with its currency's symbol, in the country's own number format: `$12.49`, `9,49 €`. */
export const display = (baseUsd: number, quote: Quote): string => {
  const amount = roundUp(usd(baseUsd, quote) * Currency.perUsd(quote.currency), quote.currency)
  return format(amount, quote.shownIn ?? quote.currency, Currency.ofCountry(quote.country).locale)
}

/** The price in US dollars, rounded to whole ones as in the only real answer in public: `$13`. */
export const displayUsd = (baseUsd: number, quote: Quote): string => `$${Math.round(usd(baseUsd, quote))}`

const usd = (baseUsd: number, { arm, country }: Quote): number =>
  baseUsd * factors[arm] * (poorer.has(country) ? 0.6 : 1)

const factors = { baseline: 1, lower: 0.8, higher: 1.25 }

const poorer: ReadonlySet<string> = new Set(["IN", "BR", "UA"])

/** To 49 or 99 hundredths, and to a whole number where a currency has no hundredths or a unit is worth little. */
const roundUp = (amount: number, currency: string): number =>
  Currency.perUsd(currency) > 20 ? Math.ceil(amount / 10) * 10 : Math.ceil(amount * 2) / 2 - 0.01

const format = (amount: number, currency: string, locale: string): string =>
  new Intl.NumberFormat(locale, { style: "currency", currency }).format(amount)
