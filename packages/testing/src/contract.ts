/**
 * The promises of the port as tests, for the author of any provider. Needs `vitest` and `@effect/vitest`.
 *
 * @since 0.1.0
 */

/** The suite, and what it needs to know of a provider. */
export * as ProviderContract from "./contract/ProviderContract.ts"
