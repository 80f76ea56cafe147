/**
 * What makes two impressions the same exposure.
 *
 * @since 0.3.0
 */
import type { Attribution } from "../domain/Attribution.ts"
import * as CanonicalJson from "../internal/canonicalJson.ts"

/**
 * Provider, subject, placement, paywall and variant. The variant is the vendor's own payload, which names it. Holds the
 * subject in clear: hash it before it is stored.
 *
 * @category conversions
 * @since 0.3.0
 */
export const parts = (attribution: Attribution): ReadonlyArray<string> => [
  "exposure",
  attribution.provider,
  attribution.subject.kind,
  attribution.subject.value,
  attribution.placement,
  attribution.paywallId,
  CanonicalJson.stringify(attribution.payload)
]
