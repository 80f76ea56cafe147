/**
 * Botsi's web-api behind the Priceport port.
 *
 * @since 0.1.0
 */
export * as BotsiClient from "./BotsiClient.ts"
export * as BotsiProvider from "./BotsiProvider.ts"
export * as BotsiSchema from "./BotsiSchema.ts"
