/**
 * A paywall as the two pages show it: "Get Paywall" with null for what is not there, the guide without it.
 *
 * @since 0.1.0
 */
import type * as Schema from "effect/Schema"
import type { Placement, ServedPaywall } from "./BotsiCatalogue.ts"

/** The answer in the shape of the page "Get Paywall". */
export const reference = (placement: Placement, paywall: ServedPaywall): Schema.Json => ({
  ok: true,
  data: {
    id: paywall.id,
    externalId: paywall.externalId,
    name: paywall.name,
    ...paywall.arm,
    ...abTest(placement),
    sourceProducts: paywall.products.map((product) => ({
      productId: product.productId,
      basePlanId: product.basePlanId ?? null,
      offerId: product.offerId ?? null,
      promotionalOfferId: product.promotionalOfferId ?? null,
      discountId: product.discountId ?? null
    }))
  }
})

/** The answer in the guide's shape; what a product does not have is left out, as in the guide's sample. */
export const guide = (placement: Placement, paywall: ServedPaywall): Schema.Json => ({
  ok: true,
  data: {
    ...paywall.arm,
    ...abTest(placement),
    id: paywall.id,
    externalId: paywall.externalId,
    name: paywall.name,
    remoteConfigs: placement.remoteConfigs ?? null,
    revision: 1,
    sourceProducts: paywall.products.map((product, index) => ({
      botsiProductId: paywall.id * 10 + index,
      isConsumable: product.isConsumable ?? false,
      sourceProductId: product.productId,
      ...(product.appStoreOfferType === undefined ? {} : { appStoreOfferType: product.appStoreOfferType }),
      ...(product.promotionalOfferId === undefined ? {} : { promotionalOfferId: product.promotionalOfferId }),
      ...(product.winBackOfferId === undefined ? {} : { winBackOfferId: product.winBackOfferId }),
      ...(product.basePlanId === undefined ? {} : { basePlanId: product.basePlanId }),
      ...(product.offerId === undefined ? {} : { offerIds: [product.offerId] })
    })),
    placementId: placement.id
  }
})

const abTest = (placement: Placement): { readonly abTestId?: number } =>
  placement.abTestId === undefined ? {} : { abTestId: placement.abTestId }
