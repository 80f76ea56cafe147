import { MemoryStore } from "@priceport/outbox"
import { Effect } from "effect"
import * as Store from "./store.ts"

Store.suite("memory", { durability: "none", open: Effect.map(MemoryStore.make, (store) => [store]), concurrent: true })
