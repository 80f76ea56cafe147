import { assert, describe, it } from "@effect/vitest"
import { PricingError } from "@priceport/core"
import * as Hint from "../../packages/cli/src/Hint.ts"

const hint = (operation: PricingError.Operation, reason: PricingError.Reason) =>
  Hint.of(new PricingError.PricingError({ provider: "botsi", operation, reason }))

const lost = [
  new PricingError.Timeout({ limitMs: 500 }),
  new PricingError.Transport({ detail: "the connection failed", sent: "maybe" })
]

describe("Hint", () => {
  it("never tells people to repeat what may have been credited or created", () => {
    for (const operation of ["validatePurchase", "createProfile", "addAttribute", "addAttributes"] as const) {
      for (const reason of lost) {
        assert.match(hint(operation, reason), /may have arrived: look at/)
        assert.notMatch(hint(operation, reason), /try again/i)
      }
    }
  })

  it("says that an impression may be repeated, since Botsi counts it once", () => {
    for (const reason of lost) assert.match(hint("recordImpression", reason), /Try again.*no harm/)
  })

  it("names --timeout only where there is one", () => {
    const timeout = new PricingError.Timeout({ limitMs: 500 })
    assert.include(hint("getPaywall", timeout), "--timeout")
    assert.notInclude(hint("recordImpression", timeout), "--timeout")
  })

  it("does not warn of what was certainly not sent", () => {
    const refused = new PricingError.Transport({ detail: "the connection was refused", sent: "no" })
    assert.notMatch(hint("validatePurchase", refused), /may have arrived/)
  })

  it("looks for the attribute where an update finds none", () => {
    assert.include(hint("updateAttribute", new PricingError.NotFound({ status: 404 })), "--id")
  })
})
