import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Priceport from "./Priceport.ts"

describe.concurrent("priceport simulate", () => {
  it.live("prints what to set, serves the other commands, and stops cleanly on Ctrl+C", () =>
    Effect.gen(function*() {
      const simulate = yield* Priceport.running(["simulate", "--latency", "0", "--seed", "seed-1"])
      const lines = yield* simulate.printed(/CORRILY_API_KEY=.*\n[^]*\n$/)
      const env = Object.fromEntries(
        Array.from(lines.matchAll(/^export ([A-Z_]+)=(\S+)$/gm), ([, name, value]) => [name!, value!])
      )
      assert.hasAllKeys(env, ["BOTSI_BASE_URL", "BOTSI_SECRET_KEY", "CORRILY_BASE_URL", "CORRILY_API_KEY"])
      for (const line of lines.trimEnd().split("\n")) assert.match(line, /^(#|export )/)

      const paywall = ["paywall", "--placement", "onboarding", "--customer", "user-1", ...Priceport.patience]
      const corrily = yield* Priceport.json([...paywall, "--provider", "corrily"], { env })
      assert.strictEqual(corrily.document.provider, "corrily")
      const botsi = yield* Priceport.failure([...paywall, "--provider", "botsi"], { env })
      assert.strictEqual(botsi.reason._tag, "NotFound")

      const { code, stderr } = yield* simulate.stop("SIGINT")
      assert.deepStrictEqual([code, stderr], [0, ""])
    }))

  it.live("prints one document with --json, takes ports and faults, and stops cleanly on SIGTERM", () =>
    Effect.gen(function*() {
      const faults = ["--fault", "botsi=status:503", "--fault", "corrily=status:429,retry-after=3"]
      const simulate = yield* Priceport.running(["simulate", "--json", "--latency", "0..5 ms", ...faults])
      const { botsi, corrily } = JSON.parse(yield* simulate.printed(/\n$/))
      const env = {
        BOTSI_BASE_URL: botsi.baseUrl,
        BOTSI_SECRET_KEY: botsi.secretKey,
        CORRILY_BASE_URL: corrily.baseUrl,
        CORRILY_API_KEY: corrily.apiKey
      }
      const paywall = ["paywall", "--placement", "onboarding", "--customer", "user-1", ...Priceport.patience]
      const [unavailable, limited, taken] = yield* Effect.all([
        Priceport.failure([...paywall, "--provider", "botsi"], { env }),
        Priceport.failure([...paywall, "--provider", "corrily"], { env }),
        Priceport.failure(["simulate", "--botsi-port", new URL(botsi.baseUrl).port])
      ], { concurrency: 2 })
      assert.strictEqual(unavailable.reason._tag, "Unavailable")
      assert.deepStrictEqual([limited.reason._tag, limited.reason.retryAfterMs], ["RateLimited", 3000])
      assert.deepStrictEqual([taken.reason._tag, taken.reason.field], ["InvalidRequest", "botsi-port"])

      const { code, stderr } = yield* simulate.stop("SIGTERM")
      assert.deepStrictEqual([code, stderr], [0, ""])
    }))
})
