/** @since 0.3.0 */
export * as OutboxStore from "./OutboxStore.ts"
