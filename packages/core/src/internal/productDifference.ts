import * as BigDecimal from "effect/BigDecimal"
import type { Period, Price, Product, Trial } from "../domain/Product.ts"
import type { Difference, Kind } from "../routing/PaywallDifference.ts"
import * as PriceText from "./priceText.ts"

/** What differs between two products that go by the same name. */
export const between = (a: Product, b: Product): ReadonlyArray<Difference> =>
  [
    ...offers(a, b),
    ...either("price", a.price, b.price, ({ display }) => display, prices),
    ...either("period", a.period, b.period, periodText, periods),
    ...either("trial", a.trial, b.trial, trialText, trials)
  ].map((difference) => ({ ...difference, product: a.id }))

/** What is known on one side only is benign; on both, `compare` says. */
const either = <A>(
  kind: Kind,
  a: A | undefined,
  b: A | undefined,
  textOf: (value: A) => string,
  compare: (a: A, b: A) => ReadonlyArray<Difference>
): ReadonlyArray<Difference> => {
  if (a !== undefined && b !== undefined) return compare(a, b)
  if (a === undefined && b === undefined) return []
  return [{ kind, weight: "benign", first: a && textOf(a), second: b && textOf(b) }]
}

const material = (kind: Kind, first: string, second: string): ReadonlyArray<Difference> => [
  { kind, weight: "material", first, second }
]

const textual = (kind: Kind) => (a: string, b: string) => a === b ? [] : material(kind, a, b)

const same = (text: string) => text

/** The base plan and what is offered on it. An empty list of offers may be one that the vendor does not have. */
const offers = (a: Product, b: Product): ReadonlyArray<Difference> => {
  const listed = ({ offerIds }: Product) => offerIds.length === 0 ? undefined : offerIds.toSorted().join(", ")
  const compare = (first: string | undefined, second: string | undefined) =>
    either("offers", first, second, same, textual("offers"))
  return [
    ...compare(a.basePlanId, b.basePlanId),
    ...compare(listed(a), listed(b)),
    ...compare(a.promotionalOfferId, b.promotionalOfferId),
    ...compare(a.discountId, b.discountId),
    ...compare(a.winBackOfferId, b.winBackOfferId),
    ...compare(a.appStoreOfferType, b.appStoreOfferType)
  ]
}

const prices = (a: Price, b: Price): ReadonlyArray<Difference> => {
  const [first, second] = [PriceText.parse(a.display), PriceText.parse(b.display)]
  const ofCurrency = currencies(a, b, first.sign, second.sign)
  const equalMoney = a.money && b.money && BigDecimal.equals(a.money.amount, b.money.amount)
  if (equalMoney === false) return [...ofCurrency, ...material("price", a.display, b.display)]
  if (first.text === second.text) return ofCurrency
  const equalAmount = equalMoney ?? (first.amount !== undefined && first.amount === second.amount)
  const otherWords = first.words !== second.words && first.words !== "" && second.words !== ""
  if (!equalAmount || otherWords) return [...ofCurrency, ...material("price", a.display, b.display)]
  return ofCurrency.length > 0
    ? ofCurrency
    : [{ kind: "price", weight: "benign", first: a.display, second: b.display }]
}

/** The currency that is certain, else those the sign in the text may stand for. */
const currencies = (a: Price, b: Price, signA: string, signB: string): ReadonlyArray<Difference> => {
  const [first, second] = [certain(a), certain(b)]
  if (first !== undefined && second !== undefined) return textual("currency")(first, second)
  const candidates = (certainly: string | undefined, sign: string) =>
    certainly === undefined ? PriceText.currenciesOf(sign) : [certainly]
  const [ofA, ofB] = [candidates(first, signA), candidates(second, signB)]
  const contradicts = ofA.length > 0 && ofB.length > 0
    ? !ofA.some((code) => ofB.includes(code))
    : first === undefined && second === undefined && signA !== signB
  if (contradicts) return material("currency", first ?? signA, second ?? signB)
  return first === second ? [] : [{ kind: "currency", weight: "benign", first, second }]
}

const certain = ({ currency, money }: Price) => money?.currency ?? currency

/** Twelve months are a year, seven days a week; a month is no number of days. A unit nobody knows is not known. */
const periods = (a: Period, b: Period): ReadonlyArray<Difference> => {
  const [first, second] = [lengthOf(a), lengthOf(b)]
  if (first === second) return []
  const weight = first === undefined || second === undefined ? "benign" : "material"
  return [{ kind: "period", weight, first: periodText(a), second: periodText(b) }]
}

const lengthOf = ({ count, unit }: Period): string | undefined => {
  switch (unit) {
    case "year":
      return `${12 * count} months`
    case "month":
      return `${count} months`
    case "week":
      return `${7 * count} days`
    case "day":
      return `${count} days`
    case "once":
      return "once"
    case "unknown":
      return undefined
  }
}

const periodText = ({ count, unit, vendor }: Period) => `${count} ${vendor ?? unit}`

/** The same days on other terms are another trial. */
const trials = (a: Trial, b: Trial): ReadonlyArray<Difference> =>
  a.days === b.days && (a.type === undefined || b.type === undefined || a.type === b.type)
    ? []
    : material("trial", trialText(a), trialText(b))

const trialText = ({ days, type }: Trial) => type === undefined ? `${days} days` : `${days} days, ${type}`
