/**
 * The simulators' own exchange rates and storefront currencies: fixed, round, and nobody's real prices.
 *
 * @since 0.1.0
 */

/** How much of this currency one US dollar is; an unknown currency counts as the dollar. */
export const perUsd = (currency: string): number => rates.get(currency) ?? 1

/** The currency and the number format of a country; US dollars for one we do not know. */
export const ofCountry = (country: string): { readonly currency: string; readonly locale: string } =>
  countries.get(country) ?? { currency: "USD", locale: "en-US" }

const rates: ReadonlyMap<string, number> = new Map([
  ["USD", 1],
  ["EUR", 0.9],
  ["GBP", 0.8],
  ["CAD", 1.35],
  ["AUD", 1.5],
  ["JPY", 150],
  ["INR", 83],
  ["BRL", 5],
  ["UAH", 40],
  ["CHF", 0.9]
])

const countries: ReadonlyMap<string, { readonly currency: string; readonly locale: string }> = new Map([
  ["US", { currency: "USD", locale: "en-US" }],
  ["DE", { currency: "EUR", locale: "de-DE" }],
  ["FR", { currency: "EUR", locale: "fr-FR" }],
  ["ES", { currency: "EUR", locale: "es-ES" }],
  ["IT", { currency: "EUR", locale: "it-IT" }],
  ["GB", { currency: "GBP", locale: "en-GB" }],
  ["CA", { currency: "CAD", locale: "en-CA" }],
  ["AU", { currency: "AUD", locale: "en-AU" }],
  ["JP", { currency: "JPY", locale: "ja-JP" }],
  ["IN", { currency: "INR", locale: "en-IN" }],
  ["BR", { currency: "BRL", locale: "pt-BR" }],
  ["UA", { currency: "UAH", locale: "uk-UA" }],
  ["CH", { currency: "CHF", locale: "de-CH" }]
])
