/**
 * What an application asks for.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { Customer } from "./Customer.ts"
import { PlacementId, ProviderId } from "./Identifier.ts"

/**
 * Asks for the paywall of one placement for one customer.
 *
 * - `enroll`: whether the vendor may put the customer into an experiment; true unless set.
 * - `options`: one vendor's own extras by provider id, decoded strictly by its adapter; other vendors' are not read.
 *
 * Unknown members are refused, so that a misspelt `enroll` cannot enrol anybody.
 *
 * @category schemas
 * @since 0.1.0
 */
export const PaywallRequest = Schema.Struct({
  placement: PlacementId,
  customer: Customer,
  enroll: Schema.optional(Schema.Boolean),
  options: Schema.optional(Schema.Record(ProviderId, Schema.Json))
})

/** @since 0.1.0 */
export interface PaywallRequest extends Schema.Schema.Type<typeof PaywallRequest> {}
