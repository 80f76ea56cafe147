/**
 * The check of a bundle of fallback paywalls.
 */
import * as FallbackBundle from "@priceport/core/resilience/FallbackBundle"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as BundleFile from "./BundleFile.ts"
import type { Check } from "./Checkup.ts"

/** What an application needs of it. */
export interface Needs {
  readonly placements: ReadonlyArray<string>
  readonly locales: ReadonlyArray<string>
}

/** Loads a bundle as an application would, and looks at what is about to go wrong. */
export const check = (file: string, needs: Needs) => {
  const found = (status: Check["status"], message: string, remedy?: string): Check => ({
    subject: file,
    check: "bundle",
    status,
    message,
    ...(remedy !== undefined && { remedy })
  })
  return BundleFile.read(file).pipe(
    Effect.flatMap((text) => FallbackBundle.load(text, { file, placements: needs.placements })),
    Effect.flatMap((bundle) =>
      Clock.clockWith((clock) => Effect.succeed(assess(bundle, clock.currentTimeMillisUnsafe())))
    ),
    Effect.catchTags({
      FallbackBundleError: ({ issue, placements, problem, remedy }) =>
        Effect.succeed(found("failed", `${problem}${of(placements)}: ${issue}`, `${remedy}.`)),
      PlatformError: ({ reason }) =>
        Effect.succeed(
          found("failed", `it cannot be read (${reason._tag})`, "Write it with `priceport fallback pull`.")
        )
    })
  )

  function assess(bundle: FallbackBundle.FallbackBundle, nowMs: number): Check {
    const { contents, expiresAtMs, find, placements, pulledAtMs } = bundle
    const strangers = needs.locales.flatMap((locale) =>
      placements.filter((placement) => find(placement, locale)?.locale === undefined)
        .map((placement) => `${placement} in ${locale}`)
    )
    const left = Duration.millis(expiresAtMs - nowMs)
    const soon = expiresAtMs - nowMs < (expiresAtMs - pulledAtMs) / 10
    const fine = `${contents.paywalls.length} paywalls${of(placements)}, pulled at ${contents.pulledAt}`
    if (strangers.length > 0) {
      return found(
        "warning",
        `wrong locale: nothing for ${strangers.join(", ")}; customers see the default`,
        "Pull it again with --locale."
      )
    }
    return soon
      ? found("warning", `it expires in ${Duration.format(left)}, at ${contents.expiresAt}`, "Pull a fresh one.")
      : found("ok", `${fine}, good until ${contents.expiresAt}`)
  }
}

const of = (placements: ReadonlyArray<string>): string =>
  placements.length === 0 ? "" : ` for ${placements.map((placement) => JSON.stringify(placement)).join(", ")}`
