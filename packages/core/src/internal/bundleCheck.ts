import * as DateTime from "effect/DateTime"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import type { Product } from "../domain/Product.ts"
import * as Format from "./bundleFormat.ts"
import * as Locales from "./locales.ts"

/**
 * Why a bundle cannot be used: in which `file`, for which `placements`, what is wrong (`issue`) and what to do (`remedy`).
 *
 * - `Unreadable`: not JSON, or not an object.
 * - `OldFormat`, `UnknownVersion`: written by an older or a newer priceport.
 * - `Malformed`: of this version, but not of its format.
 * - `Attributed`: it holds the attribution of one customer.
 * - `Ambiguous`: a placement has two paywalls for one locale. `NoDefault`: it has none for all other locales.
 * - `Expired`, `MissingPlacement`, `Unsellable`: it says so itself.
 */
export class FallbackBundleError extends Schema.TaggedError<FallbackBundleError>()("FallbackBundleError", {
  file: Schema.String,
  problem: Schema.Literals([
    "Unreadable",
    "OldFormat",
    "UnknownVersion",
    "Malformed",
    "Attributed",
    "Ambiguous",
    "NoDefault",
    "Expired",
    "MissingPlacement",
    "Unsellable"
  ]),
  placements: Schema.Array(Schema.String),
  issue: Schema.String,
  remedy: Schema.String
}) {
  override get message(): string {
    const [first, ...others] = this.placements.map((placement) => JSON.stringify(placement))
    const where = first === undefined
      ? ""
      : others.length === 0
      ? `, placement ${first}`
      : `, placements ${[first, ...others].join(", ")}`
    return `${this.file}${where}: ${this.issue}. ${this.remedy}`
  }
}

type Problem = FallbackBundleError["problem"]

/** The contents of a bundle that can be used now, or why it cannot. */
export const check = (
  input: unknown,
  { file, placements: required = [] }: {
    readonly file: string
    readonly placements?: ReadonlyArray<string> | undefined
  },
  nowMs: number
): Format.Contents | FallbackBundleError => {
  const json = typeof input === "string" ? Format.parse(input) : Option.some(input)
  const entries = Option.match(json, { onNone: () => [], onSome: entriesOf })
  const named = unique(entries.flatMap(({ placement }) => typeof placement === "string" ? [placement] : []))

  const wrong = (problem: Problem, placements: ReadonlyArray<string>, issue: string, remedy = "") => {
    const vendor = entries.map(({ paywall }) => Predicate.hasProperty(paywall, "provider") && paywall.provider)
      .find(Predicate.isString)
    const flags = unique([...named, ...required]).map((placement) => ` --placement ${JSON.stringify(placement)}`)
    const pull = `\`priceport fallback pull --provider ${vendor ?? "VENDOR"}${
      flags.length === 0 ? " --placement PLACEMENT" : flags.join("")
    } --output ${JSON.stringify(file)}\``
    return new FallbackBundleError({
      file,
      problem,
      placements,
      issue,
      remedy: `${remedy === "" ? "Pull" : `${remedy}, or pull`} a fresh one: ${pull}`
    })
  }
  const everywhere = unique([...required, ...named])

  if (Option.isNone(json)) return wrong("Unreadable", everywhere, "it is not JSON")
  if (!Predicate.isObject(json.value) || Array.isArray(json.value)) {
    return wrong("Unreadable", everywhere, "it is not a bundle: expected an object with version, pulledAt and paywalls")
  }
  const version = Predicate.hasProperty(json.value, "version") ? json.value.version : undefined
  if (version !== Format.version) {
    return typeof version === "number" && version > Format.version
      ? wrong(
        "UnknownVersion",
        everywhere,
        `its version is ${version}, and this priceport reads ${Format.version}`,
        "Update priceport"
      )
      : wrong("OldFormat", everywhere, `it has no version ${Format.version}, so it is of an older format or no bundle`)
  }
  const attributed = entries.filter(({ paywall }) => Predicate.hasProperty(paywall, "attribution"))
  if (attributed.length > 0) {
    const placements = unique(attributed.map(({ placement }) => String(placement)))
    return wrong("Attributed", placements, "it holds an attribution, which belongs to one customer", "Remove it")
  }
  const decoded = Format.decode(json.value)
  if (Exit.isFailure(decoded)) {
    const reason = decoded.cause.reasons[0]
    return wrong("Malformed", everywhere, reason?._tag === "Fail" ? Format.explain(reason.error) : "it cannot be read")
  }
  const contents = decoded.value
  const locales = Map.groupBy(contents.paywalls, ({ placement }) => placement)
  for (const [placement, entries] of locales) {
    const twice = entries.find((entry, index) =>
      entries.findIndex((other) => localeOf(other) === localeOf(entry)) < index
    )
    if (twice !== undefined) {
      const which = twice.locale === undefined ? "no locale" : `the locale ${twice.locale}`
      return wrong("Ambiguous", [placement], `it has two paywalls for ${which}`, "Remove one of them")
    }
    if (entries.every(({ locale }) => locale !== undefined)) {
      const issue = `it has paywalls for ${entries.map(localeOf).join(", ")} only, and none for other customers`
      return wrong("NoDefault", [placement], issue, "Add a paywall without a locale")
    }
  }
  if (DateTime.toEpochMillis(DateTime.makeUnsafe(contents.expiresAt)) <= nowMs) {
    return wrong("Expired", everywhere, `it expired at ${contents.expiresAt}`)
  }
  const missing = unique(required).filter((placement) => !locales.has(placement))
  if (missing.length > 0) return wrong("MissingPlacement", missing, "it has no paywall for this", "Add one")
  const unsellable = contents.paywalls.filter(({ paywall }) => !paywall.products.some(isSellable))
  if (unsellable.length > 0) {
    const placements = unique(unsellable.map(({ placement }) => placement))
    return wrong("Unsellable", placements, "its paywall has no product with an id, so nothing can be sold", "Add one")
  }
  return contents
}

/** Whether a product can be bought: a store finds it by its id. */
export const isSellable = ({ id }: Product): boolean => id.trim() !== ""

/** The normalized locale of an entry, empty for the default. */
export const localeOf = ({ locale }: { readonly locale?: string }): string =>
  locale === undefined ? "" : Locales.normalize(locale)

/** The entries as far as there are any, before the format is known to be right. */
const entriesOf = (json: unknown): ReadonlyArray<{ readonly placement?: unknown; readonly paywall?: unknown }> =>
  Predicate.hasProperty(json, "paywalls") && Array.isArray(json.paywalls)
    ? json.paywalls.filter(Predicate.isObject)
    : []

const unique = <A>(values: ReadonlyArray<A>): ReadonlyArray<A> => Array.from(new Set(values))
