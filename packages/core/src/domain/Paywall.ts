/**
 * What to show, and why this one.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { Attribution } from "./Attribution.ts"
import { Experiment } from "./Experiment.ts"
import { PlacementId, ProviderId } from "./Identifier.ts"
import { Product } from "./Product.ts"
import { Provenance } from "./Provenance.ts"

/**
 * A paywall: its products, its texts, and where it came from.
 *
 * `id` is the vendor's internal id as text, `externalId` the one you gave it in the vendor's dashboard. `design` and
 * `remoteConfig` are the vendor's own, as JSON parses them. No `attribution` means that no impression or purchase of it can be
 * attributed, as for a paywall bundled with the application. `attributionToken` is the attribution sealed, for a client to
 * hold and send back; `Pricing` adds it where it was given keys.
 *
 * `Schema.toCodecJson(Paywall)` gives its JSON form.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Paywall = Schema.Struct({
  provider: ProviderId,
  id: Schema.String,
  externalId: Schema.optionalKey(Schema.String),
  name: Schema.optionalKey(Schema.String),
  placement: PlacementId,
  products: Schema.Array(Product),
  experiment: Experiment,
  design: Schema.optionalKey(Schema.Json),
  remoteConfig: Schema.optionalKey(Schema.Json),
  attribution: Schema.optionalKey(Attribution),
  attributionToken: Schema.optionalKey(Schema.String),
  provenance: Provenance
})

/** @since 0.1.0 */
export interface Paywall extends Schema.Schema.Type<typeof Paywall> {}
