/**
 * The stores on PostgreSQL and Redis against what is usual there: single-row inserts, pg-boss, BullMQ. One server each, of
 * its own, that writes through to disk for all of them; the same payload; 16 callers at a time.
 *
 * What counts is the time on the wall, as the work is shared with the server. Rivals take turns in rounds; the ratios are
 * those of medians. Everybody waits for the same disk, once for 16 entries: where that takes long, as the line about it
 * says, all rivals come to look alike. `TMPDIR` chooses the disk.
 */
import { NodeRedis } from "@effect/platform-node"
import { PgClient } from "@effect/sql-pg"
import { OutboxStore } from "@priceport/outbox"
import * as PostgresStore from "@priceport/outbox/PostgresStore"
import * as RedisStore from "@priceport/outbox/RedisStore"
import { Queue, Worker } from "bullmq"
import { Effect, Layer, ManagedRuntime, Redacted, Scope } from "effect"
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { PgBoss } from "pg-boss"
import { createClient } from "redis"
import * as Intake from "../../packages/outbox/src/internal/intake.ts"
import { ownPostgres, ownRedis, withoutPostgres, withoutRedis } from "../support/Servers.ts"

const [rounds, entries, callers, portion] = [9, 1_000, 16, 32]

interface Rival {
  readonly name: string
  readonly accept: (number: number) => Promise<unknown>
  /** Takes everything there is and marks it as done, 32 at a time. */
  readonly deliver?: () => Promise<unknown>
}

interface Bound {
  readonly of: "accept" | "deliver"
  readonly against: string
  readonly times: number
}

/** Compares the first rival with the others. */
const compare = async (title: string, rivals: ReadonlyArray<Rival>, bounds: ReadonlyArray<Bound>) => {
  const samples = rivals.map(() => ({ accept: [] as Array<number>, deliver: [] as Array<number> }))
  let number = 0
  for (let round = -1; round < rounds; round++) {
    for (const [index, rival] of rivals.entries()) {
      globalThis.gc?.()
      const accepted = await clocked(async () => {
        const numbers = Array.from({ length: entries }, () => number++).values()
        await Promise.all(Array.from({ length: callers }, async () => {
          for (const next of numbers) await rival.accept(next)
        }))
      })
      const delivered = rival.deliver === undefined ? NaN : await clocked(rival.deliver)
      // The first round warms up.
      if (round < 0) continue
      samples[index]!.accept.push(accepted)
      samples[index]!.deliver.push(delivered)
    }
  }
  console.log(`\n${title}`)
  const medians = samples.map(({ accept, deliver }) => ({ accept: median(accept), deliver: median(deliver) }))
  for (const [index, { name }] of rivals.entries()) {
    const { accept, deliver } = medians[index]!
    const per = (micros: number) => Number.isNaN(micros) ? "" : `${micros.toFixed(0)} us`
    console.log(`  ${name.padEnd(36)} accept ${per(accept).padStart(8)}   deliver ${per(deliver).padStart(8)}`)
  }
  for (const { against, of, times } of bounds) {
    const ratio = medians[rivals.findIndex(({ name }) => name === against)]![of] / medians[0]![of]
    const verdict = ratio >= times ? "OK" : "MISSED"
    console.log(`  ${of}: ${ratio.toFixed(2)} times as fast as ${against} (at least ${times}): ${verdict}`)
  }
}

/** Microseconds an entry. */
const clocked = async (run: () => Promise<unknown>) => {
  const before = performance.now()
  await run()
  return (performance.now() - before) * 1000 / entries
}

const median = (values: ReadonlyArray<number>) => values.toSorted((a, b) => a - b)[values.length >> 1]!

/** As large as a sealed impression. */
const payload = crypto.getRandomValues(new Uint8Array(600))
const text = Buffer.from(payload).toString("base64")

const now = Date.now()

const entryOf = (number: number): OutboxStore.Entry => ({
  id: `${String(number).padStart(12, "0")}-hashed-as-the-outbox-does-it`,
  kind: number % 4 === 0 ? "purchase" : "impression",
  lane: "botsi",
  customer: `${String(number % 1000).padStart(12, "0")}-hashed-as-the-outbox-does`,
  digest: "some-digest-of-as-many-letters-as-an-id-has",
  payload,
  acceptedAt: now,
  dueAt: now,
  expiresAt: now + 72 * 3_600_000
})

/** A store as the outbox uses it: callers are written together, entries are handed out 32 at a time. */
const ours = async (name: string, layer: Layer.Layer<OutboxStore.OutboxStore, unknown>) => {
  const runtime = ManagedRuntime.make(layer)
  const context = await runtime.context()
  const store = await runtime.runPromise(OutboxStore.OutboxStore)
  const scoped = Effect.provideService(
    Intake.make(store, { impressions: 200_000, total: 220_000 }),
    Scope.Scope,
    runtime.scope
  )
  const submit = await Effect.runPromiseWith(context)(scoped)
  const deliver = Effect.gen(function*() {
    for (;;) {
      const at = now + 60_000
      const claim = { lane: "botsi", now: at, limit: portion, batch: 50, overtakeBefore: now, leaseUntil: at + 60_000 }
      const claimed = yield* store.claim(claim)
      if (claimed.length === 0) return
      yield* store.settle(claimed.map(({ id, lease }) => ({ _tag: "Delivered", id, lease, at })))
    }
  })
  const rival: Rival = {
    name,
    accept: (number) => Effect.runPromise(submit(entryOf(number))),
    deliver: () => Effect.runPromise(deliver)
  }
  return { rival, stop: () => runtime.dispose() }
}

const onPostgres = async () => {
  const server = await ownPostgres()
  const url = Redacted.make(server.url)
  const store = await ours("PostgresStore", PostgresStore.layerUrl({ url }))

  // The same table once more, and a connection for each caller.
  const single = ManagedRuntime.make(
    PostgresStore.layer({ schema: "single" }).pipe(Layer.provideMerge(PgClient.layer({ url, maxConnections: callers })))
  )
  const sql = await single.runPromise(PgClient.PgClient)
  await single.runPromise(OutboxStore.OutboxStore)
  const insert = (number: number) => {
    const { acceptedAt, customer, digest, dueAt, expiresAt, id, kind, lane, payload } = entryOf(number)
    return single.runPromise(sql`insert into single.entries
      (seq, id, kind, lane, customer, digest, payload, accepted_at, due_at, ready_at, expires_at)
      values (${number}, ${id}, ${kind}, ${lane}, ${customer}, ${digest}, ${payload}, ${acceptedAt}, ${dueAt}, ${dueAt}, ${expiresAt})`)
  }

  const boss = new PgBoss({ connectionString: server.url, max: callers, supervise: false, schedule: false })
  boss.on("error", () => {})
  await boss.start()
  await boss.createQueue("outbox")
  const drain = async () => {
    for (;;) {
      const jobs = await boss.fetch("outbox", { batchSize: portion })
      if (jobs.length === 0) return
      await boss.complete("outbox", jobs.map(({ id }) => id))
    }
  }

  await compare(`PostgreSQL: ${entries} entries of ${payload.length} bytes, ${callers} callers`, [
    store.rival,
    { name: "single-row inserts", accept: insert },
    { name: "pg-boss", accept: (number) => boss.send("outbox", { id: entryOf(number).id, text }), deliver: drain }
  ], [
    { of: "accept", against: "single-row inserts", times: 1.5 },
    { of: "accept", against: "pg-boss", times: 5 },
    { of: "deliver", against: "pg-boss", times: 1 }
  ])

  await boss.stop({ graceful: false })
  await single.dispose()
  await store.stop()
  await server.stop()
}

const onRedis = async () => {
  const server = await ownRedis()
  const store = await ours("RedisStore", RedisStore.layer().pipe(Layer.provide(NodeRedis.layer({ url: server.url }))))
  const connection = createClient({ url: server.url })
  await connection.connect()
  const queue = new Queue("outbox", { connection })
  const worker = new Worker("outbox", async () => {}, { connection, concurrency: portion, autorun: false })
  worker.on("error", () => {})
  void worker.run()
  await worker.pause()

  /** The worker runs while everything is delivered, and rests while jobs are added. */
  const drain = () =>
    new Promise<void>((resolve) => {
      worker.once("drained", () => void worker.pause().then(resolve))
      worker.resume()
    })

  await compare(`Redis: ${entries} entries of ${payload.length} bytes, ${callers} callers`, [
    store.rival,
    { name: "BullMQ", accept: (number) => queue.add("entry", { text }, { jobId: entryOf(number).id }), deliver: drain }
  ], [
    { of: "accept", against: "BullMQ", times: 2 },
    { of: "deliver", against: "BullMQ", times: 1 }
  ])

  await worker.close(true)
  await queue.close()
  connection.destroy()
  await store.stop()
  await server.stop()
}

/** Milliseconds that the disk takes to have 4 KiB for good. */
const diskMillis = () => {
  const folder = mkdtempSync(join(tmpdir(), "priceport-disk-"))
  const file = openSync(join(folder, "probe"), "w")
  const samples = Array.from({ length: 101 }, () => {
    writeSync(file, new Uint8Array(4096))
    const before = performance.now()
    fdatasyncSync(file)
    return performance.now() - before
  })
  closeSync(file)
  rmSync(folder, { recursive: true })
  return median(samples)
}

console.log(`\nThe disk takes ${diskMillis().toFixed(2)} ms to have something for good`)
for (const [missing, run] of [[withoutPostgres, onPostgres], [withoutRedis, onRedis]] as const) {
  if (missing === undefined) await run()
  else console.log(`\nLeft out: ${missing}`)
}
