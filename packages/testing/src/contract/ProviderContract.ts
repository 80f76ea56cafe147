/**
 * What every provider promises, whichever vendor is behind it.
 *
 * Each promise is one test, with a provider and a vendor of its own and on the real clock. Promises about what a vendor
 * does not do, such as validating purchases, are left out.
 *
 * **Example** (Testing an adapter against a simulator of its vendor)
 *
 * ```ts
 * const Vendor = Layer.effect(
 *   ProviderContract.Vendor,
 *   Effect.map(AcmeSimulator, (acme) => ({
 *     requests: acme.requestCount,
 *     fail: (fault) => acme.failNext(statusOf[fault]),
 *     secrets: [acme.key]
 *   }))
 * )
 *
 * ProviderContract.suite("acme", {
 *   id: "acme",
 *   capabilities: AcmeProvider.capabilities,
 *   placement: "onboarding",
 *   customer: { id: "customer-0815" },
 *   layer: Layer.merge(Acme, Vendor).pipe(Layer.provide(AcmeSimulator.layer))
 * })
 * ```
 *
 * @since 0.1.0
 */
import { describe } from "@effect/vitest"
import * as Attributions from "./Attributions.ts"
import * as Bench from "./Bench.ts"
import * as Failures from "./Failures.ts"
import * as Paywalls from "./Paywalls.ts"
import * as Refusals from "./Refusals.ts"
import type { Options } from "./Setup.ts"

/**
 * Registers the promises as tests.
 *
 * @category testing
 * @since 0.1.0
 */
export const suite = (name: string, options: Options): void =>
  void describe(`PricingProvider (${name})`, () => {
    const bench = Bench.make(options)
    describe("a paywall", () => {
      Paywalls.promises(bench)
    })
    describe("an attribution", () => {
      Attributions.promises(bench)
    })
    describe("nothing is sent", () => {
      Refusals.promises(bench)
    })
    for (const operation of bench.operations) {
      describe(`a failed ${operation.name}`, () => {
        Failures.promises(bench, operation)
      })
    }
  })

export {
  /** What can happen to a request. */
  type Fault,
  /** What the suite has to know of a provider. */
  type Options,
  /** The vendor as a test sees it. */
  Vendor
} from "./Setup.ts"
