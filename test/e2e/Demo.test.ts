import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Priceport from "./Priceport.ts"
import * as Vendors from "./Vendors.ts"

const tags = [
  "Treatment",
  "Recorded",
  "Validated",
  "Unknown",
  "ImplicitOnFetch",
  "Unsupported",
  "Unauthorized",
  "NotFound",
  "Timeout",
  "RateLimited"
]

const vendors = Effect.gen(function*() {
  const botsi = yield* Vendors.botsi({ secretKey: "sk_planted.key" })
  const corrily = yield* Vendors.corrily({ apiKey: "planted-key" })
  return { botsi: botsi.vendor, corrily: corrily.vendor, env: { ...botsi.env, ...corrily.env } }
})

describe.concurrent("priceport demo", () => {
  it.live("shows the whole job with every tag, and does not touch the vendors whose keys are set", () =>
    Effect.gen(function*() {
      const { botsi, corrily, env } = yield* vendors
      const { code, stderr, stdout } = yield* Priceport.run(["demo"], { env })
      assert.deepStrictEqual([code, stderr], [0, ""])
      for (const tag of tags) assert.include(stdout, tag)
      assert.match(stdout, /reached Botsi: 2\n.*counted: 1\n/)
      assert.match(stdout, /^ {2}Trial: yes$/m)
      assert.match(stdout, /PRODUCT +NAME +PRICE +USD +EVERY +TRIAL\n +pro\.monthly +Pro Monthly .* month +7 days/)
      assert.notMatch(stdout, /planted|sk_/)
      assert.deepStrictEqual([...yield* botsi.requests, ...yield* corrily.requests], [])
    }))

  it.live("only reads with --live: it enrols nobody and writes nothing", () =>
    Effect.gen(function*() {
      const { botsi, corrily, env } = yield* vendors
      const { code, stderr, stdout } = yield* Priceport.run(["demo", "--live"], { env })
      assert.deepStrictEqual([code, stderr], [0, ""])
      assert.include(stdout, "NotFound")
      assert.include(stdout, "pro.monthly")
      assert.notInclude(stdout, "planted")
      const sent = [...yield* botsi.requests, ...yield* corrily.requests]
      assert.deepStrictEqual(sent.map(({ path }) => path), ["/api/v1/web-api/paywalls", "/v1/paywall"])
      assert.deepStrictEqual((yield* botsi.state).profiles, [])
      assert.strictEqual((yield* corrily.state).exposures, 0)
    }))

  it.live("says which keys --live needs, and fails where a key does not work", () =>
    Effect.gen(function*() {
      const { corrily, env } = yield* vendors
      const live = (env: Record<string, string>) => Priceport.run(["demo", "--live"], { env })
      const [none, wrong] = yield* Effect.all([
        live({}),
        live({ CORRILY_BASE_URL: env.CORRILY_BASE_URL, CORRILY_API_KEY: "another" })
      ], { concurrency: 2 })
      assert.deepStrictEqual([none.code, none.stdout], [1, ""])
      assert.match(none.stderr, /BOTSI_SECRET_KEY or CORRILY_API_KEY/)
      assert.strictEqual(wrong.code, 1)
      assert.include(wrong.stdout, "Unauthorized")
      assert.strictEqual((yield* corrily.requests).length, 1)
    }))
})
