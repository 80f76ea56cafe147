/**
 * What the suite has to know of a provider and its vendor.
 *
 * @since 0.1.0
 */
import type { Customer } from "@priceport/core/domain/Customer"
import type { PlacementId, ProviderId } from "@priceport/core/domain/Identifier"
import type { Capabilities } from "@priceport/core/provider/Capabilities"
import type { PricingProvider } from "@priceport/core/provider/PricingProvider"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"

/**
 * What can happen to a request on its way to the vendor and back.
 *
 * - `unauthorized`, `forbidden`, `notFound`: the key is unknown or may not do this, or something does not exist (401, 403,
 *   404).
 * - `rejected`: the vendor refuses for good (400).
 * - `rateLimited`: too many requests, to be tried again after 3 seconds (429 and `retry-after: 3`).
 * - `unavailable`: the vendor cannot answer now (503).
 * - `undecodable`: the vendor answers something of another shape.
 * - `silence`: the vendor never answers.
 * - `reset`: the connection breaks before there is an answer.
 *
 * @category models
 * @since 0.1.0
 */
export type Fault =
  | "unauthorized"
  | "forbidden"
  | "notFound"
  | "rejected"
  | "rateLimited"
  | "unavailable"
  | "undecodable"
  | "silence"
  | "reset"

/**
 * The vendor as a test sees it, beside the provider.
 *
 * - `requests`: how many have arrived so far, those that met a fault included.
 * - `fail`: makes the next request meet a fault, and only the next. Let the error texts quote the key and the request
 *   where they can: the suite searches every error for both.
 * - `secrets`: texts that no error may hold, such as the key. The customer's ids and the purchases are searched for anyway.
 *
 * @category services
 * @since 0.1.0
 */
export class Vendor extends Context.Service<Vendor, {
  readonly requests: Effect.Effect<number>
  readonly fail: (fault: Fault) => Effect.Effect<void>
  readonly secrets: ReadonlyArray<string>
}>()("@priceport/testing/contract/Setup/Vendor") {}

/**
 * - `layer`: the provider and the vendor it talks to, built anew for each test.
 * - `id`: the provider that paywalls name. Of a provider made of several, the one that serves them.
 * - `capabilities`: what that provider can do.
 * - `placement`: one that the vendor knows.
 * - `customer`: one that the vendor knows, with ids too long to occur by chance.
 * - `concurrent`: whether tests may run side by side, which they can where each build of `layer` has a vendor of its own;
 *   false unless set.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  readonly layer: Layer.Layer<PricingProvider | Vendor, unknown>
  readonly id: ProviderId
  readonly capabilities: Capabilities
  readonly placement: PlacementId
  readonly customer: Customer
  readonly concurrent?: boolean | undefined
}
