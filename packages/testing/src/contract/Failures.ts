/**
 * Promises about calls that were sent and went wrong.
 *
 * @since 0.1.0
 */
import { assert } from "@effect/vitest"
import type { PricingError } from "@priceport/core/provider/PricingError"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Bench, counted, type Given, type Operation } from "./Bench.ts"
import * as ErrorTexts from "./ErrorTexts.ts"
import type { Fault } from "./Setup.ts"

/** What a fault makes of a call. */
interface Meaning {
  readonly tag: PricingError["reason"]["_tag"]
  readonly when: string
  readonly isRetryable: boolean
}

const meanings: Record<Fault, Meaning> = {
  unauthorized: { tag: "Unauthorized", when: "the vendor does not know the key", isRetryable: false },
  forbidden: { tag: "Forbidden", when: "the key may not do this", isRetryable: false },
  notFound: { tag: "NotFound", when: "the vendor has no such thing", isRetryable: false },
  rejected: { tag: "Rejected", when: "the vendor refuses for good", isRetryable: false },
  rateLimited: { tag: "RateLimited", when: "there were too many requests", isRetryable: true },
  unavailable: { tag: "Unavailable", when: "the vendor cannot answer now", isRetryable: true },
  undecodable: { tag: "InvalidResponse", when: "the answer has another shape", isRetryable: false },
  silence: { tag: "Timeout", when: "the vendor is silent", isRetryable: true },
  reset: { tag: "Transport", when: "the connection breaks", isRetryable: true }
}

/** Writes them down for one operation. */
export const promises = ({ options: { id }, promise }: Bench, operation: Operation): void => {
  for (const fault of operation.faults) {
    const { isRetryable, tag, when } = meanings[fault]

    promise(`is ${tag} when ${when}, after one attempt`, (given) =>
      Effect.gen(function*() {
        const { error, requests } = yield* failing(given, operation, fault)
        assert.strictEqual(error.reason._tag, tag)
        assert.strictEqual(error.provider, id)
        assert.strictEqual(error.operation, operation.name)
        assert.strictEqual(error.isRetryable, isRetryable)
        assert.deepStrictEqual(error.retryAfter, fault === "rateLimited" ? Duration.seconds(3) : undefined)
        assert.deepStrictEqual(
          error.attempts.map(({ outcome, provider }) => ({ outcome, provider })),
          [{ outcome: tag, provider: id }]
        )
        assert.strictEqual(requests, 1)
      }))
  }

  promise("costs its timeout and no more when the vendor is silent", (given) =>
    Effect.gen(function*() {
      const { elapsed, error: { reason } } = yield* failing(given, operation, "silence")
      assert.strictEqual(reason._tag, "Timeout")
      const limit = reason._tag === "Timeout" ? reason.limitMs : NaN
      assert.isAtMost(limit, Duration.toMillis(timeout))
      // Who asks others tells them the time that is left, which the look at the clock makes a moment less.
      assert.isAbove(limit, Duration.toMillis(Duration.subtract(timeout, moment)))
      assert.isBelow(Duration.toMillis(elapsed), Duration.toMillis(Duration.sum(timeout, slack)))
    }))

  promise("does not spoil the next one", (given) =>
    Effect.forEach(operation.faults, (fault) =>
      Effect.gen(function*() {
        yield* failing(given, operation, fault)
        const call = yield* operation.prepare(given)
        yield* call()
      }), { discard: true }))

  promise("crosses JSON intact", (given) =>
    Effect.forEach(operation.faults, (fault) =>
      Effect.gen(function*() {
        const { error } = yield* failing(given, operation, fault)
        const text = yield* Schema.encodeEffect(ErrorTexts.codec)(error)
        const decoded = yield* Schema.decodeEffect(ErrorTexts.codec)(text)
        assert.strictEqual(decoded.message, error.message)
        assert.deepStrictEqual(decoded.retryAfter, error.retryAfter)
        assert.strictEqual(yield* Schema.encodeEffect(ErrorTexts.codec)(decoded), text)
      }), { discard: true }))

  promise(
    "shows no key, customer or purchase, however it is printed",
    (given) =>
      Effect.forEach(operation.faults, (fault) =>
        Effect.gen(function*() {
          const { error } = yield* failing(given, operation, fault)
          yield* ErrorTexts.assertDiscreet(given, error)
        }), { discard: true })
  )
}

/** How long a silent vendor is waited for, and how late a busy machine may notice. */
const [timeout, slack] = [Duration.millis(300), Duration.seconds(2)]

/** What a provider that stands before others may need of the time for itself. */
const moment = Duration.millis(100)

/** One call that meets one fault. */
const failing = Effect.fnUntraced(function*(given: Given, operation: Operation, fault: Fault) {
  const call = yield* operation.prepare(given)
  yield* given.vendor.fail(fault)
  const { requests, result: [elapsed, error] } = yield* counted(
    given,
    Effect.timed(Effect.flip(call({ timeout: fault === "silence" ? timeout : "20 seconds" })))
  )
  return { elapsed, error, requests }
})
