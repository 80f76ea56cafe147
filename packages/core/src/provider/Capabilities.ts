/**
 * What a provider can do, known before it is asked.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * - `exposure`: whether the vendor counts the customer when the paywall is fetched or when the impression is recorded.
 * - `purchases`: the stores whose purchases it validates.
 * - `repeatPurchase`: whether the vendor promises that validating one transaction twice credits it once.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Capabilities = Schema.Struct({
  exposure: Schema.Literals(["on-fetch", "on-impression"]),
  purchases: Schema.Array(Schema.Literals(["app_store", "play_store"])),
  repeatPurchase: Schema.Literals(["safe", "unknown"])
})

/** @since 0.1.0 */
export interface Capabilities extends Schema.Schema.Type<typeof Capabilities> {}

/**
 * What several providers can do behind one port: exposure `on-fetch` if any member's is, every store any member
 * validates, and a safe repeat only where all are safe.
 *
 * @category combinators
 * @since 0.1.0
 */
export const combine = (members: ReadonlyArray<Capabilities>): Capabilities => ({
  exposure: members.some((member) => member.exposure === "on-fetch") ? "on-fetch" : "on-impression",
  purchases: Array.from(new Set(members.flatMap((member) => member.purchases))),
  repeatPurchase: members.every((member) => member.repeatPurchase === "safe") ? "safe" : "unknown"
})
