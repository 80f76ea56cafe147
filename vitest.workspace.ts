import { defineConfig } from "vitest/config"
import { CountReporter } from "./test/support/CountReporter.ts"

const project = (name: string, include: string) => ({ test: { name, include: [include] } })

/** An ordinary configuration: every script passes it with `--config`. */
export default defineConfig({
  test: {
    reporters: ["default", new CountReporter()],
    silent: "passed-only",
    // Of two cores Vitest would use one. Nothing here is timed.
    maxWorkers: "100%",
    projects: [
      project("core", "test/core/**/*.test.ts"),
      project("botsi", "test/botsi/**/*.test.ts"),
      project("corrily", "test/corrily/**/*.test.ts"),
      project("contract", "test/contract/**/*.test.ts"),
      project("testing", "test/testing/**/*.test.ts"),
      project("cli", "test/cli/**/*.test.ts"),
      // Starts a process for each command.
      { test: { name: "e2e", include: ["test/e2e/**/*.test.ts"], testTimeout: 120_000 } },
      project("compare", "test/compare/**/*.test.ts"),
      project("outbox", "test/outbox/**/*.test.ts"),
      // Seeded worlds: 100,000 calls; `pnpm test:long` runs ten times as many.
      { test: { name: "simulation", include: ["test/simulation/**/*.test.ts"], testTimeout: 600_000 } },
      project("repo", "test/*.test.ts"),
      // Builds, packs and installs every package: `pnpm test:packages`.
      {
        test: { name: "packages", include: ["test/packages/**/*.test.ts"], testTimeout: 300_000, hookTimeout: 300_000 }
      }
    ]
  }
})
