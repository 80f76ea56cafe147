import { assert, describe, it } from "@effect/vitest"
import * as PricingError from "@priceport/core/provider/PricingError"
import * as Failure from "../../packages/cli/src/Failure.ts"
import * as Style from "../../packages/cli/src/Style.ts"

const error = (reason: PricingError.Reason) =>
  new PricingError.PricingError({ provider: "botsi", operation: "getPaywall", reason })

const reasons: ReadonlyArray<PricingError.Reason> = [
  new PricingError.InvalidRequest({ field: "customer.storeCountry", issue: "Expected a country" }),
  new PricingError.Unsupported({ capability: "prefetch" }),
  new PricingError.Unattributable({ why: "no attribution" }),
  new PricingError.AttributionMismatch({ why: "another provider's" }),
  new PricingError.PurchaseConflict({ why: "another customer's" }),
  new PricingError.QueueFull({}),
  new PricingError.CircuitOpen({ until: "2026-01-01T00:00:00.000Z" }),
  new PricingError.Timeout({ limitMs: 500 }),
  new PricingError.Unauthorized({ status: 401 }),
  new PricingError.Forbidden({ status: 403 }),
  new PricingError.NotFound({ status: 404 }),
  new PricingError.Rejected({ status: 422, code: "C", detail: "d" }),
  new PricingError.RateLimited({ status: 429, retryAfterMs: 1500 }),
  new PricingError.Unavailable({ status: 503 }),
  new PricingError.Transport({ detail: "refused", sent: "no" }),
  new PricingError.InvalidResponse({ path: "a", detail: "b" })
]

describe("Failure", () => {
  it.each(reasons.map((reason) => [reason._tag, reason] as const))(
    "tells %s to people with its tag and a hint",
    (tag, reason) => {
      const [what, hint, ...rest] = Failure.toText(Style.make(false), error(reason)).split("\n")
      assert.include(what, `✗ botsi.getPaywall: ${tag}`)
      assert.match(hint ?? "", /^ {2}\S.{20,}\.$/)
      assert.deepStrictEqual(rest, [])
    }
  )

  it.each(reasons.map((reason) => [reason._tag, reason] as const))(
    "tells %s to programs as plain data",
    (tag, reason) => {
      const line = Failure.toJson(error(reason))
      const { error: told } = JSON.parse(line)
      assert.notInclude(line, "\n")
      assert.deepStrictEqual(Object.keys(told), ["provider", "operation", "reason", "message", "retryable"])
      assert.strictEqual(told.reason._tag, tag)
      assert.strictEqual(told.retryable, reason.isRetryable)
      assert.notInclude(Object.values(told.reason), null)
    }
  )

  it("tells every member of the reason, absent ones not at all", () => {
    assert.deepStrictEqual(
      JSON.parse(Failure.toJson(error(new PricingError.RateLimited({ status: 429, retryAfterMs: 3000 })))).error.reason,
      { _tag: "RateLimited", retryAfterMs: 3000, status: 429 }
    )
  })

  it("names the flag that gave a refused value", () => {
    const hint = (field: string) =>
      Failure.toText(Style.make(false), error(new PricingError.InvalidRequest({ field, issue: "x" }))).split("\n")[1]
    assert.strictEqual(hint("customer.storeCountry"), "  It is given with --store-country.")
    assert.strictEqual(hint("transaction.offer.pricingPhases[0].period"), "  It is given with --phase.")
    assert.strictEqual(hint("transaction.originalTransactionId"), "  It is given with --original-transaction-id.")
    assert.strictEqual(hint("BOTSI_SECRET_KEY"), "  Set it for this command: export BOTSI_SECRET_KEY=...")
  })

  it("lets no vendor move the cursor or colour the screen", () => {
    const reason = new PricingError.Rejected({ detail: "\u001b[2J\u009b31mred\r\nline" })
    assert.notMatch(Failure.toText(Style.make(false), error(reason)).replace("\n", ""), /\p{Cc}/u)
  })
})
