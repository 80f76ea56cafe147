/**
 * What every outbox store promises, whichever database is behind it: the sentences of `OutboxStore.ts` as tests.
 *
 * **Example** (Testing a store)
 *
 * ```ts
 * suite("sqlite", {
 *   durability: "file",
 *   open: Effect.map(handle(SqliteStore.layer({ filename })), (store) => [store])
 * })
 * ```
 */
import { describe } from "@effect/vitest"
import * as Appending from "./store/Appending.ts"
import * as Capacity from "./store/Capacity.ts"
import * as Claiming from "./store/Claiming.ts"
import * as Competing from "./store/Competing.ts"
import * as Dead from "./store/Dead.ts"
import type { Options } from "./store/Given.ts"
import { bench } from "./store/Given.ts"
import * as Known from "./store/Known.ts"
import * as Leases from "./store/Leases.ts"
import * as Notes from "./store/Notes.ts"
import * as Ordering from "./store/Ordering.ts"
import * as Overtaking from "./store/Overtaking.ts"
import * as Replacing from "./store/Replacing.ts"
import * as Settling from "./store/Settling.ts"
import * as Sweeping from "./store/Sweeping.ts"

/** Registers the promises as tests. */
export const suite = (name: string, options: Options): void =>
  void describe(`OutboxStore (${name})`, () => {
    const promise = bench(options)
    describe("appending", () => void Appending.promises(promise))
    describe("capacity", () => void Capacity.promises(promise))
    describe("claiming", () => void Claiming.promises(promise))
    describe("one customer", () => void Ordering.promises(promise))
    describe("an overtaking purchase", () => void Overtaking.promises(promise))
    describe("a lease", () => void Leases.promises(promise))
    describe("settling", () => void Settling.promises(promise))
    describe("what is known", () => void Known.promises(promise))
    describe("replacing", () => void Replacing.promises(promise))
    describe("the dead", () => void Dead.promises(promise))
    describe("sweeping", () => void Sweeping.promises(promise))
    describe("notes", () => void Notes.promises(promise))
    describe("many workers", () => void Competing.promises(promise))
  })

export { handle, type Options } from "./store/Given.ts"
