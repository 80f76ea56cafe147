import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Priceport from "./Priceport.ts"
import * as Vendors from "./Vendors.ts"

const customer = "user-1"

const asked = (provider: string) => [
  "paywall",
  "--provider",
  provider,
  "--placement",
  "onboarding",
  "--customer",
  customer,
  ...Priceport.patience
]

const bought = ["--transaction-id", "t-1", "--original-transaction-id", "t-0", "--product", "premium_monthly"]
  .concat("--environment", "sandbox")

/** A Botsi that never ran its model for this placement, and keys: a value nobody else has. */
const botsi = Effect.gen(function*() {
  const { env, vendor } = yield* Vendors.botsi({
    customers: [{ customerUserId: customer }],
    placements: [{ id: "onboarding", arm: { isExperiment: false, aiPricingModelId: null } }]
  })
  return { vendor, env, keys: yield* key(["new"]) }
})

/** What `priceport key` prints: one line. */
const key = (args: ReadonlyArray<string>, options?: Priceport.Options) =>
  Effect.map(Priceport.run(["key", ...args], options), ({ code, stderr, stdout }) => {
    assert.deepStrictEqual([code, stderr], [0, ""])
    assert.match(stdout, /^pk1\.[^\n]+\n$/)
    return stdout.trimEnd()
  })

const withKeys = (env: Record<string, string>, keys: string) => ({ ...env, PRICEPORT_SEALING_KEYS: keys })

describe.concurrent("priceport with sealed attribution", () => {
  it.live("goes from a new key by the token alone to the impression and the purchase, exactly as the vendor gave it", () =>
    Effect.gen(function*() {
      const { env: vendorEnv, keys, vendor } = yield* botsi
      const env = withKeys(vendorEnv, keys)
      const { document, stdout } = yield* Priceport.json(asked("botsi"), { env })
      assert.notProperty(document, "attribution")
      assert.match(document.attributionToken, /^pp1\.[\w-]{1,507}$/)
      assert.notInclude(stdout, customer)

      const token = ["--attribution", document.attributionToken]
      const impression = yield* Priceport.json(["impression", ...token], { env })
      assert.deepStrictEqual(impression.document, { _tag: "Recorded" })
      const purchase = yield* Priceport.json(["purchase", "app-store", ...token, ...bought], { env })
      assert.strictEqual(purchase.document.customer.id, customer)

      const fromFile = yield* Priceport.json(["impression", "--paywall", "-"], { env, stdin: stdout })
      assert.deepStrictEqual(fromFile.document, { _tag: "Recorded" })

      const sent = (yield* vendor.requests).slice(1).map(({ bodyText }) => bodyText)
      assert.strictEqual(sent.length, 3)
      for (const text of sent) {
        assert.include(text, `"isExperiment":false,"aiPricingModelId":null,"customerUserId":"${customer}"`)
        assert.include(text, `"placementId":"onboarding","paywallId":${document.id},`)
      }
    }))

  it.live("opens tokens while the keys are rotated, and not those of a retired key", () =>
    Effect.gen(function*() {
      const { env, keys, vendor } = yield* botsi
      const tokenOf = (sealing: string) =>
        Effect.map(
          Priceport.json(asked("botsi"), { env: withKeys(env, sealing) }),
          ({ document }): string => document.attributionToken
        )
      const impression = (token: string) => ["impression", "--attribution", token]
      const opens = (token: string, opening: string) =>
        Effect.map(
          Priceport.json(impression(token), { env: withKeys(env, opening) }),
          ({ document }) => document._tag === "Recorded"
        )

      const staged = yield* key(["rotate", "--stage"], { env: withKeys({}, keys) })
      const rotated = yield* key(["rotate"], { env: withKeys({}, staged) })
      const [first, last] = yield* Effect.forEach([keys, rotated], tokenOf, { concurrency: 2 })
      assert.isTrue(yield* opens(first!, rotated))
      assert.isTrue(yield* opens(last!, staged))

      const retired = yield* key(["rotate", "-", "--keep", "0"], { stdin: rotated })
      const before = (yield* vendor.requests).length
      for (const opening of [retired, keys]) {
        const error = yield* Priceport.failure(impression(last!), { env: withKeys(env, opening) })
        assert.deepStrictEqual(error, {
          provider: "priceport",
          operation: "recordImpression",
          reason: { _tag: "AttributionMismatch", why: "refused" },
          message: "priceport.recordImpression: AttributionMismatch (refused)",
          retryable: false
        })
      }
      assert.strictEqual((yield* vendor.requests).length, before)
    }))

  it.live("refuses a token that was changed, or comes without keys, and sends nothing", () =>
    Effect.gen(function*() {
      const { env: vendorEnv, keys, vendor } = yield* botsi
      const env = withKeys(vendorEnv, keys)
      const { document } = yield* Priceport.json(asked("botsi"), { env })
      const token: string = document.attributionToken
      const changed = `${token.slice(0, 60)}${token[60] === "A" ? "B" : "A"}${token.slice(61)}`

      for (const command of [["impression"], ["purchase", "app-store", ...bought]]) {
        const error = yield* Priceport.failure([...command, "--attribution", changed], { env })
        assert.deepStrictEqual(error.reason, { _tag: "AttributionMismatch", why: "refused" })
      }
      const { code, stderr, stdout } = yield* Priceport.run(["impression", "--attribution", changed], { env })
      assert.deepStrictEqual([code, stdout], [1, ""])
      assert.notInclude(stderr, token.slice(4, 20))

      const without = yield* Priceport.failure(["impression", "--attribution", token], { env: vendorEnv })
      assert.deepStrictEqual([without.reason._tag, without.reason.field], ["InvalidRequest", "PRICEPORT_SEALING_KEYS"])
      assert.strictEqual((yield* vendor.requests).length, 1)
    }))

  it.live("enrols nobody where the keys are wrong, and shows nothing of them", () =>
    Effect.gen(function*() {
      const { env, vendor } = yield* Vendors.corrily()
      const outcome = yield* Priceport.run(asked("corrily"), { env: withKeys(env, "pk1.planted") })
      assert.deepStrictEqual([outcome.code, outcome.stdout], [1, ""])
      assert.include(outcome.stderr, "PRICEPORT_SEALING_KEYS: Expected one line as `priceport key new` prints it")
      assert.notInclude(outcome.stderr, "planted")
      assert.deepStrictEqual(yield* vendor.requests, [])
    }))

  it.live("shows people the token below the products, and none where there are no keys", () =>
    Effect.gen(function*() {
      const { env, keys } = yield* botsi
      const shown = yield* Priceport.run(asked("botsi"), { env: withKeys(env, keys) })
      assert.deepStrictEqual([shown.code, shown.stderr], [0, ""])
      assert.match(shown.stdout, /\nExperiment: None[^]*\n\nAttribution token: pp1\.[\w-]+\n$/)
      const [token = ""] = /pp1\.\S+/.exec(shown.stdout) ?? []
      const { document } = yield* Priceport.json(["impression", "--attribution", token], { env: withKeys(env, keys) })
      assert.deepStrictEqual(document, { _tag: "Recorded" })

      const plain = yield* Priceport.run(asked("botsi"), { env })
      assert.notInclude(plain.stdout, "ttribution")
    }))

  it.live("needs no vendor's key where nothing is sent", () =>
    Effect.gen(function*() {
      const { env: vendorEnv } = yield* Vendors.corrily()
      const keys = yield* key(["new"])
      const { document } = yield* Priceport.json(asked("corrily"), { env: withKeys(vendorEnv, keys) })
      const impression = yield* Priceport.json(
        ["impression", "--attribution", document.attributionToken],
        { env: withKeys({}, keys) }
      )
      assert.deepStrictEqual(impression.document, { _tag: "ImplicitOnFetch" })
    }))
})
