/**
 * One typed port for pricing and paywall vendors.
 *
 * @since 0.1.0
 */
export * as Attribution from "./domain/Attribution.ts"
export * as Customer from "./domain/Customer.ts"
export * as Experiment from "./domain/Experiment.ts"
export * as Identifier from "./domain/Identifier.ts"
export * as Impression from "./domain/Impression.ts"
export * as Money from "./domain/Money.ts"
export * as Paywall from "./domain/Paywall.ts"
export * as PaywallRequest from "./domain/PaywallRequest.ts"
export * as Product from "./domain/Product.ts"
export * as Provenance from "./domain/Provenance.ts"
export * as Purchase from "./domain/Purchase.ts"
export * as Capabilities from "./provider/Capabilities.ts"
export * as PricingError from "./provider/PricingError.ts"
export * as PricingProvider from "./provider/PricingProvider.ts"
export * as ProviderRegistry from "./provider/ProviderRegistry.ts"
export * as TimeBudget from "./provider/TimeBudget.ts"
export * as VendorClient from "./provider/VendorClient.ts"
export * as WireSchema from "./provider/WireSchema.ts"
