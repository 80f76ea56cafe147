import { Effect } from "effect"
import { Buffer } from "node:buffer"
import { readdirSync, readFileSync } from "node:fs"
import { temporaryFolder } from "../store/Folder.ts"
import { suite } from "./Crash.ts"

suite(
  "SQLite",
  Effect.map(temporaryFolder, (folder) => ({
    target: { kind: "sqlite", filename: `${folder}/outbox.db` } as const,
    dump: Effect.sync(() => Buffer.concat(readdirSync(folder).map((file) => readFileSync(`${folder}/${file}`))))
  }))
)
