/**
 * A pricing provider for your own tests, without a vendor, HTTP or a test runner.
 *
 * @since 0.1.0
 */

/** The provider, and what a test can ask of it. */
export * as MemoryProvider from "./memory/MemoryProvider.ts"
