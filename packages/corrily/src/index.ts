/**
 * Corrily's `/v1/paywall` behind the Priceport port.
 *
 * @since 0.1.0
 */
export * as CorrilyClient from "./CorrilyClient.ts"
export * as CorrilyProvider from "./CorrilyProvider.ts"
export * as CorrilySchema from "./CorrilySchema.ts"
