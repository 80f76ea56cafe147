import * as SqliteStore from "@priceport/outbox/SqliteStore"
import { Effect } from "effect"
import { handle, suite } from "./store.ts"
import { temporaryFolder } from "./store/Folder.ts"

suite("sqlite", {
  durability: "file",
  open: Effect.flatMap(
    temporaryFolder,
    (folder) => Effect.map(handle(SqliteStore.layer({ filename: `${folder}/outbox.db` })), (store) => [store])
  )
})
