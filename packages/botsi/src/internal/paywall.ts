import type { Subject } from "@priceport/core/domain/Attribution"
import type { Experiment } from "@priceport/core/domain/Experiment"
import type { Paywall } from "@priceport/core/domain/Paywall"
import type { PaywallRequest } from "@priceport/core/domain/PaywallRequest"
import type { Product } from "@priceport/core/domain/Product"
import type { Note } from "@priceport/core/domain/Provenance"
import { InvalidResponse } from "@priceport/core/provider/PricingError"
import * as WireSchema from "@priceport/core/provider/WireSchema"
import * as Exit from "effect/Exit"
import * as BotsiSchema from "../BotsiSchema.ts"
import { payloadOf } from "./attribution.ts"

/** Botsi's paywall in the words of the port. Nothing is invented: what did not come is not there. */
export const toPaywall = (wire: BotsiSchema.Paywall, about: {
  readonly provider: string
  readonly request: PaywallRequest
  readonly subject: Subject
  readonly placementId: string
  readonly fetchedAt: string
}): Paywall | InvalidResponse => {
  const { fetchedAt, placementId, provider, request, subject } = about
  const notes: Array<Note> = []
  const sourceProducts = wire.sourceProducts ?? []
  if (wire.sourceProducts == null) notes.push({ path: "data.sourceProducts", issue: "missing, read as none" })
  const products: Array<Product> = []
  for (const [index, item] of sourceProducts.entries()) {
    const product = toProduct(item)
    if ("issue" in product) notes.push(WireSchema.under(`data.sourceProducts[${index}]`, product))
    else products.push(product)
  }
  const broken = notes.at(-1)
  if (products.length === 0 && sourceProducts.length > 0 && broken !== undefined) {
    return new InvalidResponse({ path: broken.path, detail: `no product can be read: ${broken.issue}` })
  }
  return {
    provider,
    id: String(wire.id),
    ...(wire.externalId != null && { externalId: wire.externalId }),
    ...(wire.name != null && { name: wire.name }),
    placement: request.placement,
    products,
    experiment: toExperiment(wire),
    ...(wire.revision != null && { design: { revision: wire.revision } }),
    ...(wire.remoteConfigs != null && { remoteConfig: wire.remoteConfigs }),
    attribution: {
      provider,
      placement: request.placement,
      paywallId: String(wire.id),
      subject,
      enrolled: request.enroll !== false,
      fetchedAt,
      payload: { ...payloadOf(wire, placementId) }
    },
    provenance: { source: "live", fetchedAt, notes, attempts: [] }
  }
}

/** `isExperiment` says whether the AI model chose; without it nothing is known. */
const toExperiment = ({ aiPricingModelId, isExperiment }: BotsiSchema.Paywall): Experiment => {
  const variant = aiPricingModelId == null ? undefined : { variant: String(aiPricingModelId) }
  if (isExperiment == null) return { _tag: "Unknown" }
  if (isExperiment) return { _tag: "Treatment", ...variant }
  return variant === undefined ? { _tag: "None" } : { _tag: "Control", ...variant }
}

const decodeProduct = WireSchema.reader(BotsiSchema.Product)

const toProduct = (item: unknown): Product | Note => {
  const exit = decodeProduct(item)
  if (Exit.isFailure(exit)) return WireSchema.violationOf(exit)
  const wire = exit.value
  const id = wire.productId ?? wire.sourceProductId
  if (id == null || id === "") return { path: "productId", issue: "missing" }
  return {
    id,
    ...(wire.botsiProductId != null && { vendorId: String(wire.botsiProductId) }),
    ...(wire.basePlanId != null && { basePlanId: wire.basePlanId }),
    offerIds: wire.offerIds ?? (wire.offerId == null ? [] : [wire.offerId]),
    ...(wire.promotionalOfferId != null && { promotionalOfferId: wire.promotionalOfferId }),
    ...(wire.discountId != null && { discountId: wire.discountId }),
    ...(wire.winBackOfferId != null && { winBackOfferId: wire.winBackOfferId }),
    ...(wire.appStoreOfferType != null && { appStoreOfferType: wire.appStoreOfferType }),
    ...(wire.isConsumable != null && { consumable: wire.isConsumable }),
    features: []
  }
}
