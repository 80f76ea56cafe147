/** @since 0.3.0 */
export * as Backlog from "./Backlog.ts"

/** @since 0.3.0 */
export * as DeadLetters from "./DeadLetters.ts"

/** @since 0.3.0 */
export * as MemoryStore from "./MemoryStore.ts"

/** @since 0.3.0 */
export * as Outbox from "./Outbox.ts"

/** @since 0.3.0 */
export * as OutboxStore from "./OutboxStore.ts"

/** @since 0.3.0 */
export * as RedisStore from "./RedisStore.ts"
