/**
 * Paywalls that ship with an application, for when no vendor answers.
 *
 * A bundle is one JSON file: `{ version: 1, pulledAt, expiresAt, paywalls: [{ placement, locale?, paywall }] }`, instants
 * in ISO 8601. `paywall` is the JSON form of a `Paywall` without what belongs to one customer and one answer:
 * attribution, experiment and provenance. An entry without `locale` is the default of its placement, for customers whose
 * language has no entry. `priceport fallback pull` writes the file.
 *
 * A bundle is needed on the worst day, so everything that would make it useless then is found when it is loaded.
 *
 * **Example** (Failing at start-up when the bundle could not help)
 *
 * ```ts
 * const bundle = yield* FallbackBundle.load(yield* fileSystem.readFileString("fallback.json"), {
 *   file: "fallback.json",
 *   placements: ["onboarding", "settings"]
 * })
 * const provider = Fallback.bundled(bundle)(botsi)
 * ```
 *
 * @since 0.2.0
 */
import type { NonEmptyReadonlyArray } from "effect/Array"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import { type PlacementId, timestamp } from "../domain/Identifier.ts"
import type { Paywall } from "../domain/Paywall.ts"
import * as Check from "../internal/bundleCheck.ts"
import * as Format from "../internal/bundleFormat.ts"
import * as Locales from "../internal/locales.ts"

/**
 * A paywall as a bundle holds it.
 *
 * @category schemas
 * @since 0.2.0
 */
export const BundledPaywall = Format.BundledPaywall

/** @since 0.2.0 */
export interface BundledPaywall extends Schema.Schema.Type<typeof BundledPaywall> {}

/**
 * The locale of an entry: a language tag such as `de`, `de-AT` or `zh-Hant-TW`. Case, and `_` for `-`, make no difference.
 *
 * @category schemas
 * @since 0.2.0
 */
export const Locale = Format.Locale

/**
 * What a bundle's file holds. `Schema.toCodecJson(Contents)` gives its JSON form.
 *
 * @category schemas
 * @since 0.2.0
 */
export const Contents = Format.Contents

/** @since 0.2.0 */
export interface Contents extends Schema.Schema.Type<typeof Contents> {}

/**
 * A bundle that passed every check. `pulledAtMs` and `expiresAtMs` are milliseconds since 1970.
 *
 * @category models
 * @since 0.2.0
 */
export interface FallbackBundle {
  readonly file: string
  readonly contents: Contents
  readonly pulledAtMs: number
  readonly expiresAtMs: number
  readonly placements: ReadonlyArray<PlacementId>

  /**
   * The entry for a placement and the locale that fits best: the same one, else a broader one (`zh-Hant` for
   * `zh-Hant-TW`), else one of the same language, else the default. Undefined for a placement that is not bundled, never
   * because of a locale.
   */
  readonly find: (placement: PlacementId, locale?: string) => Contents["paywalls"][number] | undefined
}

export {
  /**
   * Why a bundle cannot be used.
   *
   * @category errors
   * @since 0.2.0
   */
  FallbackBundleError
} from "../internal/bundleCheck.ts"

/**
 * - `file`: the bundle's name in messages; core itself reads no file.
 * - `placements`: those the application cannot do without.
 *
 * @category models
 * @since 0.2.0
 */
export interface Options {
  readonly file: string
  readonly placements?: ReadonlyArray<PlacementId> | undefined
}

/**
 * Checks a bundle, given as JSON text or as parsed JSON: its format and version, that it holds no customer's attribution,
 * that it has not expired, that each placement has a default and no locale twice, that the placements in `options` are
 * there, and that each paywall has at least one product to sell. A product without an id is left out.
 *
 * @category constructors
 * @since 0.2.0
 */
export const load = (
  input: unknown,
  options: Options
): Effect.Effect<FallbackBundle, Check.FallbackBundleError> =>
  Clock.clockWith((clock) => {
    const contents = Check.check(input, options, clock.currentTimeMillisUnsafe())
    return contents instanceof Check.FallbackBundleError
      ? Effect.fail(contents)
      : Effect.succeed(index(options.file, contents))
  })

/**
 * A paywall to bundle, and the locale it is for; without one it is the default of its placement.
 *
 * @category models
 * @since 0.2.0
 */
export interface Source {
  readonly locale?: string | undefined
  readonly paywall: Paywall
}

/**
 * Makes a bundle's contents of paywalls that a vendor served. Attribution, experiment, provenance and products without
 * an id stay behind. The bundle is as old as the oldest of them, and expires `expires` after that, 30 days unless set.
 *
 * @category constructors
 * @since 0.2.0
 */
export const fromPaywalls = (
  sources: NonEmptyReadonlyArray<Source>,
  options: { readonly expires?: Duration.Input | undefined } = {}
): Contents => {
  const pulledAtMs = Math.min(...sources.map(({ paywall }) => millisOf(paywall.provenance.fetchedAt)))
  const expires = Duration.toMillis(Duration.fromInputUnsafe(options.expires ?? "30 days"))
  const entry = ({ locale, paywall }: Source): Contents["paywalls"][number] => {
    const { attribution: _, experiment: __, placement, provenance: ___, products, ...rest } = paywall
    return {
      placement,
      ...(locale !== undefined && { locale }),
      paywall: { ...rest, products: products.filter(Check.isSellable) }
    }
  }
  const [first, ...others] = sources
  return {
    version: Format.version,
    pulledAt: timestamp(pulledAtMs),
    expiresAt: timestamp(pulledAtMs + expires),
    paywalls: [entry(first), ...others.map(entry)]
  }
}

/**
 * The text of a bundle's file.
 *
 * @category conversions
 * @since 0.2.0
 */
export const toText = (contents: Contents): string => `${JSON.stringify(Format.encode(contents), undefined, 2)}\n`

const millisOf = (instant: string): number => DateTime.toEpochMillis(DateTime.makeUnsafe(instant))

const index = (file: string, contents: Contents): FallbackBundle => {
  const byPlacement = new Map<PlacementId, Map<string, Contents["paywalls"][number]>>()
  for (const entry of contents.paywalls) {
    const byLocale = byPlacement.get(entry.placement) ?? new Map()
    byPlacement.set(entry.placement, byLocale.set(Check.localeOf(entry), entry))
  }
  // Where a language has no entry of its own, the first of its regions stands for it.
  for (const byLocale of byPlacement.values()) {
    for (const [locale, entry] of Array.from(byLocale)) {
      const language = Locales.languageOf(locale)
      if (!byLocale.has(language)) byLocale.set(language, entry)
    }
  }
  return {
    file,
    contents,
    pulledAtMs: millisOf(contents.pulledAt),
    expiresAtMs: millisOf(contents.expiresAt),
    placements: Array.from(byPlacement.keys()),
    find: (placement, locale = "") => {
      const byLocale = byPlacement.get(placement)
      const fitting = Locales.broader(locale).find((candidate) => byLocale?.has(candidate))
      return byLocale?.get(fitting ?? "")
    }
  }
}
