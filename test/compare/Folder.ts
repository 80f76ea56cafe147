import { Effect } from "effect"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** A folder of its own, deleted at the end. */
export const temporaryFolder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "priceport-compare-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
)
