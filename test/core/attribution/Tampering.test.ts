import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import type { Attribution, AttributionToken } from "@priceport/core"
import { Effect, Metric, Redacted } from "effect"
import { bytesOf, flip, mutations, type Random, seeded } from "./Mutations.ts"
import { botsi, corrily, keys, refused, tokens } from "./Samples.ts"

/** How many mutated tokens: ten times as many by `pnpm test:long`. */
const total = process.env.PRICEPORT_TEST_LONG === "1" ? 200_000 : 20_000

/** Attributions of every length, so that tokens end at each place of a group of base64. */
const attributions = Array.from({ length: 120 }, (_, at): Attribution.Attribution => ({
  ...(at % 2 === 0 ? botsi : corrily),
  placement: "p".repeat(1 + at),
  subject: { kind: "customerUserId", value: `user-${at}` }
}))

type Service = AttributionToken.AttributionToken["Service"]

interface Attempt {
  readonly service: Service
  readonly token: string
  readonly expected?: AttributionToken.Expected
}

/** A trace of the stack takes longer than all the rest of a refusal, and nobody reads it here. */
const { stackTraceLimit } = Error
beforeAll(() => {
  Error.stackTraceLimit = 0
})
afterAll(() => {
  Error.stackTraceLimit = stackTraceLimit
})

describe("a token that was tampered with", () => {
  it.live(`does not open, whatever was done to it: ${total} of them`, () =>
    Effect.gen(function*() {
      const home = { tenant: "acme", deployment: "production" }
      const service = yield* tokens(home)
      const valid = yield* Effect.forEach(attributions, service.seal)
      const known = new Set(valid)
      const strangers = yield* Effect.all([
        tokens({ ...home, tenant: "acm" }),
        tokens({ ...home, tenant: "acmeproduction", deployment: "" }),
        tokens({ ...home, tenant: "production", deployment: "acme" }),
        tokens({ ...home, deployment: "staging" }),
        tokens({ tenant: "acme" }),
        tokens({ deployment: "production" }),
        tokens()
      ])
      const text = Redacted.value(keys)
      // The same id, the same secret, neither; always the same index.
      const otherKeys = yield* Effect.forEach(
        [text.replace(":ICEi", ":JCEi"), text.replace(".AQID:", ".AQIE:"), text.replace(".AQID:ICEi", ".AQIE:JCEi")],
        (other) => tokens(home, Redacted.make(other))
      )

      const among = <A>(some: ReadonlyArray<A>, random: Random): A => some[random(some.length)]!
      const contexts: ReadonlyArray<(token: string, of: Attribution.Attribution, random: Random) => Attempt> = [
        (token, _, random) => ({ token, service: among(strangers, random) }),
        (token, _, random) => ({ token, service: among(otherKeys, random) }),
        (token, { subject }, random) => ({
          token,
          service,
          expected: {
            subject: among([
              { value: `${subject.value}0` },
              { value: subject.value.slice(0, -1) },
              { ...subject, kind: "profileId" }
            ], random)
          }
        }),
        (token, { placement }) => ({ token, service, expected: { placement: `${placement}p` } }),
        (token, { provider }) => ({
          token,
          service,
          expected: { provider: provider === "botsi" ? "corrily" : "botsi" }
        })
      ]
      const texts = Object.entries(mutations)
      const done = new Map<string, number>()
      const random = seeded(1)

      let made = 0
      for (let turn = 0; made < total; turn++) {
        const at = random(valid.length)
        const token = valid[at]!
        const kind = turn % (texts.length + contexts.length)
        const [name, mutate] = texts[kind] ?? [`context ${kind - texts.length}`]
        const attempt = mutate === undefined
          ? contexts[kind - texts.length]!(token, attributions[at]!, random)
          : { service, token: mutate(token, among(valid, random), random) }
        // What a mutation left as it was, or made into another valid token, is none.
        if (mutate !== undefined && known.has(attempt.token)) continue
        made++
        done.set(name, (done.get(name) ?? 0) + 1)
        yield* refused(attempt.service, attempt.token, attempt.expected).pipe(
          Effect.catchCause(() => Effect.die(new Error(`opened after "${name}": ${attempt.token}`)))
        )
      }

      assert.strictEqual(done.size, texts.length + contexts.length)
      for (const [name, times] of done) assert.isAbove(times, total / 200, name)
      const counted = (yield* Metric.snapshot)
        .filter(({ id }) => id === "priceport_attribution_refused_total")
        .map(({ state }) => (state as Metric.CounterState<number>).count)
      assert.strictEqual(counted.reduce((sum, count) => sum + count, 0), total)
      for (const [at, token] of valid.entries()) assert.deepStrictEqual(yield* service.open(token), attributions[at])
    }).pipe(Effect.provideService(Metric.MetricRegistry, new Map())), 300_000)

  it.live("does not open with any single bit changed, of 100 tokens", () =>
    Effect.gen(function*() {
      const service = yield* tokens()
      for (const [at, attribution] of attributions.slice(0, 100).entries()) {
        const token = yield* service.seal({ ...attribution, placement: "p".repeat(1 + at % 3) })
        const bytes = bytesOf(token)
        for (let bit = 0; bit < bytes.length * 8; bit++) yield* refused(service, flip(bytes, bit))
        yield* service.open(token)
      }
    }), 120_000)
})
