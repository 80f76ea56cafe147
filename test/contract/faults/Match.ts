/** Whether an error is what its row of the table says. */
import { assert } from "@effect/vitest"
import { PricingError, type PricingProvider } from "@priceport/core"
import { Exit, Schema } from "effect"
import type { Row } from "./Table.ts"

const json = Schema.toCodecJson(PricingError.PricingError)

/** Who was asked, and how it ended. */
export const outcomes = (attempts: PricingError.PricingError["attempts"]) =>
  attempts.map(({ outcome, provider }) => `${provider}: ${outcome}`)

/** How an operation ends: an impression may be recorded where a paywall cannot be read. */
export const endOf = (row: Row, operation: PricingProvider.Operation) =>
  operation === "recordImpression" && row.impression !== undefined ? row.impression : row.tag

/** Writes an error as JSON and reads it again. */
export const survivesJson = (error: PricingError.PricingError, because?: string) => {
  const text = JSON.stringify(Schema.encodeSync(json)(error))
  const copy = Schema.decodeUnknownSync(json)(JSON.parse(text))
  assert.instanceOf(copy, PricingError.PricingError)
  assert.strictEqual(JSON.stringify(Schema.encodeSync(json)(copy)), text, because)
  assert.deepStrictEqual({ ...copy.reason }, { ...error.reason }, because)
  assert.deepStrictEqual([copy.message, copy.isRetryable, copy.retryAfter], [
    error.message,
    error.isRetryable,
    error.retryAfter
  ])
}

/** Checks an error against its row: what it is, whose, after which attempts, and that it survives JSON. */
export const matches = (
  error: PricingError.PricingError,
  row: Row,
  expected: {
    readonly provider: string
    readonly operation: PricingProvider.Operation
    readonly times: number
    readonly limitMs: number
    readonly because: string
  }
) => {
  const { because, limitMs, operation, provider, times } = expected
  assert.deepStrictEqual([error.provider, error.operation, error.reason._tag], [provider, operation, row.tag], because)
  assert.strictEqual(error.isRetryable, row.retryable, because)
  const said: Record<string, unknown> = { ...error.reason }
  for (const [member, value] of Object.entries(row.says ?? {})) assert.deepStrictEqual(said[member], value, because)
  if (row.tag === "Timeout") assert.strictEqual(said["limitMs"], limitMs, because)
  assert.deepStrictEqual(outcomes(error.attempts), Array(times).fill(`${provider}: ${row.tag}`), because)
  survivesJson(error, because)
}

/** The error of a call that must fail. */
export const failureOf = <A>(exit: Exit.Exit<A, PricingError.PricingError>, because: string) => {
  if (Exit.isSuccess(exit)) return assert.fail(`${because} succeeded with ${JSON.stringify(exit.value)}`)
  const [reason] = exit.cause.reasons
  return reason?._tag === "Fail" ? reason.error : assert.fail(`${because}: ${exit.cause}`)
}
