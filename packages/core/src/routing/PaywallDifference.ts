/**
 * Whether two paywalls mean the same to who sees them: the same products in the same order, at the same price, in the same
 * currency, for the same period, with the same trial, from the same arm of an experiment.
 *
 * What only one side knows, such as the prices of a vendor whose partner leaves them to the store, is no contradiction: it
 * is named, and benign. So is the same price in another wording. Whatever cannot be explained is material. Names, texts,
 * designs and features are not compared.
 *
 * @since 0.4.0
 */
import type { Experiment } from "../domain/Experiment.ts"
import type { Paywall } from "../domain/Paywall.ts"
import type { Product } from "../domain/Product.ts"
import * as ProductDifference from "../internal/productDifference.ts"

/**
 * What two paywalls may differ in.
 *
 * @category models
 * @since 0.4.0
 */
export type Kind = "products" | "order" | "offers" | "price" | "currency" | "period" | "trial" | "experiment"

/**
 * One difference. `product` is the id on the first paywall; `first` and `second` say what each side has, absent where it
 * does not know.
 *
 * @category models
 * @since 0.4.0
 */
export interface Difference {
  readonly kind: Kind
  readonly weight: "benign" | "material"
  readonly product?: string | undefined
  readonly first?: string | undefined
  readonly second?: string | undefined
}

/**
 * `equal` without a difference, `benign` with benign ones only.
 *
 * @category models
 * @since 0.4.0
 */
export interface Comparison {
  readonly verdict: "equal" | "benign" | "material"
  readonly differences: ReadonlyArray<Difference>
}

/**
 * - `products`: the second side's name of a product by the first side's, for those that are named otherwise.
 *
 * @category options
 * @since 0.4.0
 */
export interface Options {
  readonly products?: Readonly<Record<string, string>> | undefined
}

/**
 * Compares two paywalls.
 *
 * @category combinators
 * @since 0.4.0
 */
export const compare = (first: Paywall, second: Paywall, options: Options = {}): Comparison => {
  const names = new Map(Object.entries(options.products ?? {}).map(([own, others]) => [others, own]))
  const nameOf = ({ id }: Product) => names.get(id) ?? id
  const { differences, pairs } = paired(first.products, second.products, nameOf)
  for (const [a, b] of pairs) differences.push(...ProductDifference.between(a, b))
  differences.push(...ofExperiment(first, second))
  return {
    differences,
    verdict: differences.length === 0
      ? "equal"
      : differences.some(({ weight }) => weight === "material")
      ? "material"
      : "benign"
  }
}

/** The products that are on both sides, each with its partner. Of several with one id, those with one base plan match. */
const paired = (
  first: ReadonlyArray<Product>,
  second: ReadonlyArray<Product>,
  nameOf: (product: Product) => string
) => {
  const differences: Array<Difference> = []
  const pairs: Array<readonly [Product, Product]> = []
  const places = first.map((): number => -1)
  for (const exactly of [true, false]) {
    for (const [index, { basePlanId, id }] of first.entries()) {
      if (places[index]! >= 0) continue
      places[index] = second.findIndex((other, place) =>
        !places.includes(place) && nameOf(other) === id && (!exactly || other.basePlanId === basePlanId)
      )
    }
  }
  for (const [index, product] of first.entries()) {
    const partner = second[places[index]!]
    if (partner !== undefined) pairs.push([product, partner])
    else differences.push({ kind: "products", weight: "material", product: product.id, first: product.id })
  }
  for (const [place, product] of second.entries()) {
    if (places.includes(place)) continue
    differences.push({ kind: "products", weight: "material", product: nameOf(product), second: product.id })
  }
  const known = places.filter((place) => place >= 0)
  const order = known.toSorted((a, b) => a - b)
  if (known.some((place, index) => place !== order[index])) {
    differences.push({
      kind: "order",
      weight: "material",
      first: pairs.map(([{ id }]) => id).join(", "),
      second: order.map((place) => nameOf(second[place]!)).join(", ")
    })
  }
  return { differences, pairs }
}

/** Variants are names of each vendor's own. Of a paywall that was fetched with `enroll: false` the arm is not known. */
const ofExperiment = (first: Paywall, second: Paywall): ReadonlyArray<Difference> => {
  const [a, b] = [armOf(first), armOf(second)]
  if (a === b) return []
  const sameArm = first.experiment._tag === second.experiment._tag
  const variantKnown = variantOf(first.experiment) !== undefined && variantOf(second.experiment) !== undefined
  const contradicts = a !== undefined && b !== undefined &&
    !(sameArm && (first.provider !== second.provider || !variantKnown))
  return [{ kind: "experiment", weight: contradicts ? "material" : "benign", first: a, second: b }]
}

const armOf = ({ attribution, experiment }: Paywall): string | undefined => {
  if (experiment._tag === "Unknown" || attribution?.enrolled === false) return undefined
  const variant = variantOf(experiment)
  return variant === undefined ? experiment._tag : `${experiment._tag} ${variant}`
}

const variantOf = (experiment: Experiment) => "variant" in experiment ? experiment.variant : undefined
