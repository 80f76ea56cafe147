/** What a price text says about itself: its number, and what stands round it. */
export interface PriceText {
  readonly text: string
  /** The number in a form of its own, such as `1234.5`; absent where there is none, or more than one. */
  readonly amount: string | undefined
  /** The sign or code of the currency in upper case, such as `$`, `US$`, `EUR` or `ZŁ`; empty where there is none. */
  readonly sign: string
  /** What else there is, such as `/month`. */
  readonly words: string
}

/**
 * Takes a price text apart, to compare it with another one and for nothing else. A last separator before one or two digits
 * is the decimal one; others are between thousands.
 */
export const parse = (display: string): PriceText => {
  const text = display.normalize("NFKC").replace(/[\s\u200e\u200f]+/g, " ").trim()
  const numbers = text.match(/\d[\d.,' \u2019]*\d|\d/g) ?? []
  const [number] = numbers
  const rest = text.replace(/\d[\d.,' \u2019]*\d|\d/g, " ").trim()
  const sign = rest.match(/[A-Z]{0,2}\p{Sc}|\b[A-Z]{3}\b|^\S{1,2}\.?(?= |$)/u)?.[0] ?? ""
  return {
    text,
    amount: numbers.length === 1 && number !== undefined ? amountOf(number) : undefined,
    sign: sign.toUpperCase().replace(/\.$/, ""),
    words: rest.replace(sign, "").trim().toLowerCase()
  }
}

const amountOf = (number: string): string => {
  const [, whole = number, decimals = ""] = number.match(/^(.*)[.,](\d{1,2})$/) ?? []
  return trimmed(whole.replace(/\D/g, ""), decimals)
}

const trimmed = (whole: string, decimals: string) => {
  const rest = decimals.replace(/0+$/, "")
  const integer = whole.replace(/^0+(?=\d)/, "")
  return rest === "" ? integer : `${integer}.${rest}`
}

/** Signs that stand for several currencies, or for one with a code. A letter before a dollar says which one. */
const signs: { readonly [sign: string]: ReadonlyArray<string> | undefined } = {
  "$": ["USD", "CAD", "AUD", "NZD", "MXN", "SGD", "HKD", "TWD", "ARS", "CLP", "COP", "BRL"],
  "€": ["EUR"],
  "£": ["GBP", "EGP"],
  "¥": ["JPY", "CNY"],
  "₹": ["INR"],
  "₩": ["KRW"],
  "₺": ["TRY"],
  "₴": ["UAH"],
  "₽": ["RUB"],
  "₪": ["ILS"],
  "₫": ["VND"],
  "฿": ["THB"],
  "₱": ["PHP"],
  "₦": ["NGN"],
  "ZŁ": ["PLN"],
  "KČ": ["CZK"],
  "FT": ["HUF"],
  "KR": ["SEK", "NOK", "DKK", "ISK"],
  "R$": ["BRL"],
  "US$": ["USD"],
  "CA$": ["CAD"],
  "A$": ["AUD"],
  "AU$": ["AUD"],
  "NZ$": ["NZD"],
  "MX$": ["MXN"],
  "HK$": ["HKD"],
  "S$": ["SGD"]
}

/** The ISO codes a sign may stand for; none for one nobody knows. */
export const currenciesOf = (sign: string): ReadonlyArray<string> =>
  /^[A-Z]{3}$/.test(sign) ? [sign] : signs[sign] ?? []
