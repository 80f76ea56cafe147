import { assert, describe, it } from "@effect/vitest"
import { Paywall } from "@priceport/core"
import * as FallbackBundle from "@priceport/core/resilience/FallbackBundle"
import { BigDecimal, Effect, Schema } from "effect"
import { TestClock } from "effect/testing"
import * as Bundles from "./Bundles.ts"

/** Why a bundle is refused when it is loaded. */
const refusal = (input: unknown, placements?: ReadonlyArray<string>) =>
  Effect.andThen(Bundles.after(1), Effect.flip(FallbackBundle.load(input, { file: "fallback.json", placements })))

describe("a bundle", () => {
  it.effect("made of live paywalls holds no attribution, experiment or provenance, and loads from its own text", () =>
    Effect.gen(function*() {
      const text = FallbackBundle.toText(FallbackBundle.fromPaywalls([{ paywall: Bundles.live }]))
      assert.notMatch(text, /attribution|experiment|provenance|u-1/)
      const bundle = yield* Bundles.load(text)
      assert.deepStrictEqual(bundle.placements, ["onboarding"])
      assert.deepStrictEqual(JSON.parse(text), {
        version: 1,
        pulledAt: "2026-03-01T12:00:00.000Z",
        expiresAt: "2026-03-31T12:00:00.000Z",
        paywalls: [{
          placement: "onboarding",
          paywall: {
            provider: "stub",
            id: "42",
            name: "Premium",
            products: [{ id: "premium_monthly", offerIds: ["intro"], price: { display: "$9.99" }, features: [] }]
          }
        }]
      })
    }))

  it.effect("keeps exact amounts, and is as old as its oldest paywall", () =>
    Effect.gen(function*() {
      const money = { amount: BigDecimal.fromStringUnsafe("9.990000000000000001"), currency: "EUR" }
      const paywall = {
        ...Bundles.live,
        products: [{ ...Bundles.live.products[0]!, price: { display: "9,99", money } }]
      }
      const older = { ...paywall, provenance: { ...paywall.provenance, fetchedAt: "2026-02-28T12:00:00.000Z" } }
      const contents = FallbackBundle.fromPaywalls([{ paywall }, { locale: "de", paywall: older }], {
        expires: "7 days"
      })
      const bundle = yield* Bundles.load(FallbackBundle.toText(contents))
      assert.deepStrictEqual([contents.pulledAt, contents.expiresAt], [
        "2026-02-28T12:00:00.000Z",
        "2026-03-07T12:00:00.000Z"
      ])
      const kept = bundle.find("onboarding")?.paywall.products[0]?.price?.money
      assert.isTrue(kept !== undefined && BigDecimal.equals(kept.amount, money.amount))
      assert.strictEqual(kept?.currency, "EUR")
    }))

  it.effect.prop(
    "of any paywall that can be sold loads again",
    { paywall: Paywall.Paywall },
    ({ paywall }) =>
      Effect.gen(function*() {
        const sellable = {
          ...paywall,
          products: [...paywall.products, ...Bundles.live.products],
          provenance: Bundles.live.provenance
        }
        const contents = FallbackBundle.fromPaywalls([{ paywall: sellable }])
        const bundle = yield* Bundles.load(FallbackBundle.toText(contents))
        assert.strictEqual(FallbackBundle.toText(bundle.contents), FallbackBundle.toText(contents))
      })
  )

  it.effect("may be given as parsed JSON", () =>
    Effect.map(Bundles.load(Bundles.json()), ({ placements }) => assert.deepStrictEqual(placements, ["onboarding"])))

  it.effect("finds the locale that fits best: the same, a broader one, the same language, the default", () =>
    Effect.gen(function*() {
      const of = (id: string, locale?: string) => ({ locale, paywall: { ...Bundles.live, id } })
      const bundle = yield* Bundles.load(
        FallbackBundle.toText(
          FallbackBundle.fromPaywalls([
            of("default"),
            of("pt-BR", "pt-BR"),
            of("de-AT", "de_AT"),
            of("de", "de"),
            of("zh-Hant", "zh-Hant")
          ])
        )
      )
      const found = (locale?: string) => bundle.find("onboarding", locale)?.paywall.id
      const table: Record<string, string> = {
        "de-AT": "de-AT",
        "DE_at.UTF-8": "de-AT",
        "de-CH": "de",
        "de": "de",
        "pt-PT": "pt-BR",
        "pt": "pt-BR",
        "zh-Hant-TW": "zh-Hant",
        "fr-FR": "default",
        "": "default",
        "not a locale": "default",
        "constructor": "default"
      }
      for (const [locale, id] of Object.entries(table)) assert.strictEqual(found(locale), id, locale)
      assert.strictEqual(found(undefined), "default")
      assert.isUndefined(bundle.find("settings", "de"))
    }))
})

describe("a bundle is refused when it is loaded", () => {
  const { entry, json } = Bundles
  const two = [entry(), entry({ placement: "settings" }, { products: [] })]
  const cases: ReadonlyArray<readonly [FallbackBundle.FallbackBundleError["problem"], string, unknown, RegExp]> = [
    ["Unreadable", "it is cut off", JSON.stringify(json()).slice(0, -5), /it is not JSON/],
    ["Unreadable", "it is empty", "", /it is not JSON/],
    ["Unreadable", "it is a list", [], /expected an object/],
    ["Unreadable", "it is null", null, /expected an object/],
    ["OldFormat", "it has no version", json({ version: undefined }), /older format/],
    [
      "OldFormat",
      "it is what a paywall command printed",
      { provider: "botsi", products: [] },
      /older format or no bundle/
    ],
    ["OldFormat", "its version is 0", json({ version: 0 }), /older format/],
    ["UnknownVersion", "its version is to come", json({ version: 2 }), /its version is 2.*Update priceport/],
    ["Malformed", "it has a member too many", json({ expires: "never" }), /expires/],
    ["Malformed", "it has no expiry", json({ expiresAt: undefined }), /expiresAt/],
    ["Malformed", "an instant does not exist", json({ expiresAt: "2026-99-01T00:00:00Z" }), /expiresAt: .*instant/],
    ["Malformed", "it holds no paywall", json({ paywalls: [] }), /paywalls/],
    [
      "Malformed",
      "a locale is none",
      json({ paywalls: [entry(), entry({ locale: "english" })] }),
      /paywalls\[1\]\.locale/
    ],
    ["Malformed", "a paywall misspells a member", json({ paywalls: [entry({}, { nmae: "x" })] }), /paywall\.nmae/],
    [
      "Malformed",
      "a product has a number for an id",
      json({ paywalls: [entry({}, { products: [{ id: 1 }] })] }),
      /products\[0\]/
    ],
    [
      "Attributed",
      "a paywall has an attribution",
      json({ paywalls: [entry({}, { attribution: { subject: { value: "planted" } } })] }),
      /placement "onboarding": it holds an attribution/
    ],
    [
      "Ambiguous",
      "a locale is there twice",
      json({ paywalls: [entry(), entry({ locale: "de-AT" }), entry({ locale: "de_at" })] }),
      /two paywalls for the locale de_at/
    ],
    ["Ambiguous", "the default is there twice", json({ paywalls: [entry(), entry()] }), /two paywalls for no locale/],
    ["NoDefault", "it is for one language only", json({ paywalls: [entry({ locale: "de" })] }), /for de only/],
    [
      "Expired",
      "its time is over",
      json({ expiresAt: "2026-03-02T12:00:00.000Z" }),
      /placement "onboarding": it expired at 2026-03-02/
    ],
    ["Unsellable", "a paywall has no product", json({ paywalls: two }), /placement "settings": .*nothing can be sold/],
    [
      "Unsellable",
      "its only product has no id",
      json({ paywalls: [entry({}, { products: [{ id: " ", offerIds: [], features: [] }] })] }),
      /placement "onboarding"/
    ]
  ]

  for (const [problem, when, input, message] of cases) {
    it.effect(`when ${when}: ${problem}`, () =>
      Effect.gen(function*() {
        const error = yield* refusal(input)
        assert.strictEqual(error.problem, problem)
        assert.match(error.message, message)
        assert.match(error.message, /^fallback\.json/)
        assert.match(error.message, /`priceport fallback pull --provider .* --placement .* --output "fallback\.json"`$/)
        assert.notInclude(error.message, "planted")
      }))
  }

  it.effect("when a placement the application needs is missing, naming each", () =>
    Effect.gen(function*() {
      const error = yield* refusal(Bundles.json(), ["onboarding", "settings", "exit offer"])
      assert.strictEqual(error.problem, "MissingPlacement")
      assert.match(error.message, /^fallback\.json, placements "settings", "exit offer": /)
      assert.include(error.message, "--placement \"onboarding\" --placement \"settings\" --placement \"exit offer\"")
    }))

  it.effect("naming the placements the application needs where the file tells none", () =>
    Effect.gen(function*() {
      const error = yield* refusal("{", ["onboarding"])
      assert.match(error.message, /^fallback\.json, placement "onboarding": it is not JSON/)
    }))

  it.effect("at the very instant it expires, and not before", () =>
    Effect.gen(function*() {
      const load = FallbackBundle.load(Bundles.json(), { file: "fallback.json" })
      yield* Bundles.after(30)
      assert.strictEqual((yield* Effect.flip(load)).problem, "Expired")
      yield* Bundles.after(29.999)
      yield* load
    }))

  it.effect("with an error that crosses JSON", () =>
    Effect.gen(function*() {
      const codec = Schema.toCodecJson(FallbackBundle.FallbackBundleError)
      const error = yield* refusal("{", ["onboarding"])
      const decoded = yield* Schema.decodeUnknownEffect(codec)(
        JSON.parse(JSON.stringify(yield* Schema.encodeEffect(codec)(error)))
      )
      assert.strictEqual(decoded.message, error.message)
    }))

  it.effect("but not for one product without an id beside another", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(0)
      const products = [{ id: "", offerIds: [], features: [] }, { id: "yearly", offerIds: [], features: [] }]
      yield* Bundles.load(Bundles.json({ paywalls: [Bundles.entry({}, { products })] }))
    }))
})
