/**
 * What an outbox on a SQLite file costs: 16 callers at a time, whose entries are written together, against plain inserts
 * into the same table of another file, each a transaction. Rows are of one size, every transaction is written through to
 * the disk (`synchronous = full`).
 *
 * What counts is the time on the wall, as it is the disk that is waited for. Rivals take turns in rounds; the ratios are
 * those of medians.
 */
import { type Attribution, KeyRing, PricingProvider } from "@priceport/core"
import { Outbox, OutboxStore } from "@priceport/outbox"
import * as SqliteStore from "@priceport/outbox/SqliteStore"
import { Effect, Layer } from "effect"
import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import * as Intake from "../../packages/outbox/src/internal/intake.ts"

const [rounds, entries, callers] = [9, 2_000, 16]

interface Rival {
  readonly name: string
  readonly accept: (number: number) => Effect.Effect<unknown, unknown>
  readonly concurrency: number
}

interface Bound {
  readonly subject: string
  readonly against: string
  readonly atLeast: number
}

const now = Date.now()

/** As long as what the outbox makes of an identifier. */
const hash = (text: string) => createHash("sha256").update(text).digest("base64url")

const entryOf = (number: number, payload: Uint8Array): OutboxStore.Entry => ({
  id: hash(`id ${number}`),
  kind: "impression",
  lane: "bench",
  customer: hash(`customer ${number}`),
  digest: hash(`digest ${number}`),
  payload,
  acceptedAt: now,
  dueAt: now + 3_600_000,
  expiresAt: now + 72 * 3_600_000
})

const attributionOf = (number: number): Attribution.Attribution => ({
  provider: "bench",
  placement: "onboarding",
  paywallId: "42",
  subject: { kind: "customerUserId", value: `customer-${number}` },
  enrolled: true,
  fetchedAt: "2026-03-01T12:00:00.000Z",
  payload: { id: 42, placementId: "onboarding", isExperiment: true, aiPricingModelId: 32 }
})

const Provider = Layer.succeed(
  PricingProvider.PricingProvider,
  PricingProvider.make({
    id: "bench",
    capabilities: { exposure: "on-impression", purchases: [], repeatPurchase: "safe" },
    getPaywall: () => Effect.never
  })
)

/** Reports impressions; nothing is due, so that nothing is delivered meanwhile. */
const outbox = Effect.map(
  Outbox.make({ window: "1 hour", capacity: { impressions: 1_000_000, total: 1_000_000 } }),
  ({ recordImpression }): Rival["accept"] => (number) => recordImpression({ attribution: attributionOf(number) })
)

const main = Effect.gen(function*() {
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "priceport-bench-"))),
    (folder) => Effect.sync(() => rmSync(folder, { recursive: true }))
  )
  const open = (name: string) => SqliteStore.make({ filename: join(folder, name) })

  const sealed = yield* outbox.pipe(
    Effect.provideService(OutboxStore.OutboxStore, yield* open("sealed")),
    Effect.provide([Provider, KeyRing.layerEphemeral])
  )
  yield* sealed(-1)
  const onlooker = new DatabaseSync(join(folder, "sealed"), { readOnly: true })
  const size = Number(onlooker.prepare("select length(payload) as size from entries").get()?.size)
  assert(size > 100)
  onlooker.close()
  const payload = crypto.getRandomValues(new Uint8Array(size))

  const submit = yield* Intake.make(yield* open("unsealed"), { impressions: 1_000_000, total: 1_000_000 })

  // The table is the store's own; the plain inserts are somebody else's.
  yield* Effect.scoped(open("plain"))
  const plain = inserting(join(folder, "plain"))

  const name = `a row of ${size} bytes and its hashes`
  return yield* compare(name, [
    { name: "plain insert, a transaction each", accept: (number) => plain(entryOf(number, payload)), concurrency: 1 },
    {
      name: "written together, not sealed",
      accept: (number) => submit(entryOf(number, payload)),
      concurrency: callers
    },
    { name: "Outbox.recordImpression", accept: sealed, concurrency: callers }
  ], [
    { subject: "written together, not sealed", against: "plain insert, a transaction each", atLeast: 4 },
    { subject: "Outbox.recordImpression", against: "plain insert, a transaction each", atLeast: 1.5 }
  ])
})

/** Plain inserts, each on the disk when it returns. */
const inserting = (filename: string) => {
  const db = new DatabaseSync(filename)
  db.exec("pragma synchronous = full")
  const insert = db.prepare(
    `insert into entries (id, kind, lane, customer, digest, payload, accepted_at, due_at, expires_at, ready_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
  )
  return ({ acceptedAt, customer, digest, dueAt, expiresAt, id, kind, lane, payload }: OutboxStore.Entry) =>
    Effect.sync(() => insert.run(id, kind, lane, customer, digest, payload, acceptedAt, dueAt, expiresAt, dueAt))
}

const compare = Effect.fnUntraced(
  function*(title: string, rivals: ReadonlyArray<Rival>, bounds: ReadonlyArray<Bound>) {
    const samples = rivals.map((): Array<number> => [])
    let number = 0
    for (let round = -1; round < rounds; round++) {
      for (const [index, { accept, concurrency }] of rivals.entries()) {
        globalThis.gc?.()
        const numbers = Array.from({ length: entries }, () => number++)
        const before = performance.now()
        yield* Effect.forEach(numbers, accept, { concurrency, discard: true })
        // The first round warms up.
        if (round >= 0) samples[index]!.push((performance.now() - before) * 1000 / entries)
      }
    }
    const medians = new Map(rivals.map(({ name }, index) => [name, median(samples[index]!)]))
    console.log(`\nAccepting ${title}, ${callers} callers`)
    for (const [name, micros] of medians) console.log(`  ${name.padEnd(36)} ${micros.toFixed(0).padStart(8)} us`)
    for (const { against, atLeast, subject } of bounds) {
      const ratio = medians.get(against)! / medians.get(subject)!
      const verdict = ratio >= atLeast ? "OK" : "MISSED"
      console.log(`  ${subject}: ${ratio.toFixed(2)} times as fast as ${against} (at least ${atLeast}): ${verdict}`)
    }
  }
)

const median = (values: ReadonlyArray<number>) => values.toSorted((a, b) => a - b)[values.length >> 1]!

await Effect.runPromise(Effect.scoped(main))
