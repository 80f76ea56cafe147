import type { KeyRing } from "@priceport/core/attribution/KeyRing"
import type { Attribution } from "@priceport/core/domain/Attribution"
import type { ProviderId } from "@priceport/core/domain/Identifier"
import * as PricingError from "@priceport/core/provider/PricingError"
import type * as PricingProvider from "@priceport/core/provider/PricingProvider"
import * as PurchaseKey from "@priceport/core/purchase/PurchaseKey"
import * as Effect from "effect/Effect"
import type { Entry, Kind, OutboxStoreError, Service } from "../OutboxStore.ts"
import type { Content, Envelope } from "./envelope.ts"
import type { Submit } from "./intake.ts"
import type { Lane } from "./lane.ts"
import type { Notes } from "./notes.ts"
import type { Settings } from "./settings.ts"
import type { Vendor } from "./vendors.ts"
import type { Waiters } from "./waiters.ts"

/** What impressions and purchases are accepted with. */
export interface Desk {
  /** The provider's name in refusals that are no vendor's. */
  readonly id: ProviderId
  readonly settings: Settings
  readonly store: Service
  readonly ring: KeyRing["Service"]
  readonly envelope: Envelope
  readonly vendors: ReadonlyMap<ProviderId, Vendor>
  readonly lanes: ReadonlyMap<ProviderId, Lane>
  readonly notes: Notes
  readonly waiters: Waiters
  readonly submit: Submit
  /** False once it shuts down. */
  readonly isOpen: () => boolean
}

export const refuse = (provider: ProviderId, operation: PricingProvider.Operation, reason: PricingError.Reason) =>
  Effect.fail(new PricingError.PricingError({ provider, operation, reason }))

export const unknown = (provider: ProviderId) =>
  new PricingError.AttributionMismatch({ why: `no provider named ${provider} is registered` })

/** A store that cannot be asked stored nothing: the caller may say it again. */
export const orUnavailable = (provider: ProviderId, operation: PricingProvider.Operation) =>
<A>(
  effect: Effect.Effect<A, OutboxStoreError | PricingError.PricingError>
): Effect.Effect<A, PricingError.PricingError> =>
  Effect.catchTag(effect, "OutboxStoreError", (error) =>
    Effect.andThen(
      Effect.logWarning("The outbox's store cannot be asked").pipe(
        Effect.annotateLogs({ operation: error.operation, reason: error.reason, detail: error.detail })
      ),
      refuse(provider, operation, new PricingError.Unavailable({ detail: "the outbox cannot store anything now" }))
    ))

/** Whose it is, as a store may know it. */
export const customerOf = (ring: KeyRing["Service"], attribution: Attribution): Effect.Effect<string> =>
  ring.fingerprint(...PurchaseKey.customer(attribution))

/** What is stored of something that was accepted. */
export const entryOf = (
  { envelope, settings: { horizon } }: Desk,
  about: Pick<Entry, "id" | "customer" | "digest" | "acceptedAt" | "dueAt"> & { readonly kind: Kind },
  content: Content
): Effect.Effect<Entry> =>
  Effect.map(envelope.content.seal(about.id, content), (payload) => ({
    ...about,
    lane: content.attribution.provider,
    payload,
    expiresAt: about.acceptedAt + horizon[about.kind]
  }))
