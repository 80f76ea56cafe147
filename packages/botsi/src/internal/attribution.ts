import type { Attribution } from "@priceport/core/domain/Attribution"
import { AttributionMismatch } from "@priceport/core/provider/PricingError"
import * as WireSchema from "@priceport/core/provider/WireSchema"
import * as Schema from "effect/Schema"
import type * as BotsiSchema from "../BotsiSchema.ts"
import { identityOf } from "./request.ts"

/**
 * What Botsi wants echoed, exactly as it came: a member that was null is null, one that was absent is absent.
 * `placementId` is the one that was sent. `abTestId` is there only if the paywall had one.
 */
export const Payload = Schema.Struct({
  id: Schema.Int,
  placementId: Schema.String,
  isExperiment: Schema.optionalKey(Schema.NullOr(Schema.Boolean)),
  aiPricingModelId: Schema.optionalKey(Schema.NullOr(Schema.Int)),
  abTestId: Schema.optionalKey(Schema.Int)
})

export interface Payload extends Schema.Schema.Type<typeof Payload> {}

export const payloadOf = (paywall: BotsiSchema.Paywall, placementId: string): Payload => ({
  id: paywall.id,
  placementId,
  ...("isExperiment" in paywall && { isExperiment: paywall.isExperiment }),
  ...("aiPricingModelId" in paywall && { aiPricingModelId: paywall.aiPricingModelId }),
  ...(paywall.abTestId != null && { abTestId: paywall.abTestId })
})

/**
 * How a null `aiPricingModelId` is sent. Botsi's pages call the field a required integer and ask for the exact value at
 * once. `echo` sends the null, `omit` leaves the member out, `zero` sends 0 as Botsi's Android client does.
 */
export type NullModelId = "echo" | "omit" | "zero"

const check = WireSchema.check(Payload, { unknownMembers: "refuse" })

/** The members that an event and both validations share. */
export const echo = (attribution: Attribution, nullModelId: NullModelId) => {
  const identity = identityOf(attribution.subject)
  const violation = check(attribution.payload)
  const payload = attribution.payload as unknown as Payload
  if (identity === undefined) return notOurs("subject.kind")
  if (violation !== undefined) return notOurs(WireSchema.under("payload", violation).path)
  if (attribution.paywallId !== String(payload.id)) return notOurs("paywallId")
  const { abTestId, aiPricingModelId, id, isExperiment, placementId } = payload
  return {
    abTestId,
    shown: {
      placementId,
      paywallId: id,
      ...(isExperiment !== undefined && { isExperiment }),
      ...(aiPricingModelId !== undefined && encodeModelId(aiPricingModelId, nullModelId)),
      ...identity
    }
  }
}

const notOurs = (member: string) =>
  new AttributionMismatch({ why: `the attribution is not one that Botsi gave (${member})` })

const encodeModelId = (aiPricingModelId: number | null, nullModelId: NullModelId) => {
  if (aiPricingModelId !== null || nullModelId === "echo") return { aiPricingModelId }
  return nullModelId === "zero" ? { aiPricingModelId: 0 } : undefined
}
