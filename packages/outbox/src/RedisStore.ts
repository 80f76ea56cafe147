/**
 * An outbox in Redis, for as many workers as there are, on the `Redis` service of `effect/persistence/Redis`.
 *
 * ```ts
 * const store = RedisStore.layer().pipe(Layer.provide(NodeRedis.layer({ url })))
 * ```
 *
 * Redis acknowledges what it has in memory. Only with `appendonly yes` and `appendfsync always` is that on its disk too,
 * so the layer asks for both when it is built, and that no entry is evicted, and refuses a server without them.
 * `acceptLoss: true` takes any server, and says so in the type: its durability is `none`. With replicas, a failover may
 * lose what the new primary had not received, whatever the settings.
 *
 * Each operation is one script, so that workers never meet half of it. Needs Redis 6.2 or later, or Valkey.
 *
 * @since 0.3.0
 */
import * as Arr from "effect/Array"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Layer from "effect/Layer"
import * as Claims from "./internal/redisClaims.ts"
import * as Entries from "./internal/redisEntries.ts"
import { Redis, type Script, version } from "./internal/redisLibrary.ts"
import * as Records from "./internal/redisRecords.ts"
import * as Replies from "./internal/redisReplies.ts"
import { checkDurability, operation } from "./internal/redisServer.ts"
import { Appended, OutboxStore, OutboxStoreError, type Service } from "./OutboxStore.ts"

/**
 * - `prefix`: what every key begins with, in braces so that a cluster keeps them together; `priceport:outbox` unless set.
 *   Outboxes of different applications or tenants need one each.
 * - `timeout`: how long one operation may take, 10 seconds unless set. An operation that was cut off may still have taken
 *   place, or take place later; the outbox repeats it.
 * - `migrate`: begins a store where there is none, and brings one up to date, true unless set. Where it is false, a store
 *   that is not there or of an older version is refused with `incompatible`, and left as it is: for a program that looks
 *   after the outbox of another one.
 *
 * @category options
 * @since 0.3.0
 */
export interface Options {
  readonly prefix?: string | undefined
  readonly timeout?: Duration.Input | undefined
  readonly migrate?: boolean | undefined
}

/**
 * - `acceptLoss`: takes a server that may lose what it accepted when it crashes.
 *
 * @category options
 * @since 0.3.0
 */
export interface LossyOptions extends Options {
  readonly acceptLoss: true
}

/**
 * Makes a store on the `Redis` at hand. Fails with `unavailable` where the server cannot be reached, with `incompatible`
 * where it may lose what it accepted, or where a newer version of this package wrote to it.
 *
 * @category constructors
 * @since 0.3.0
 */
export const make: {
  (options: LossyOptions): Effect.Effect<Service<"none">, OutboxStoreError, Redis>
  (options?: Options): Effect.Effect<Service<"server">, OutboxStoreError, Redis>
} = (options: Options | LossyOptions = {}) =>
  // The overloads say which of the two it is.
  open(options) as Effect.Effect<Service<never>, OutboxStoreError, Redis>

/**
 * @category layers
 * @since 0.3.0
 */
export const layer = (options: Options | LossyOptions = {}): Layer.Layer<OutboxStore, OutboxStoreError, Redis> =>
  Layer.effect(OutboxStore, open(options))

const open = Effect.fn("RedisStore.make")(function*(options: Options | LossyOptions) {
  const redis = yield* Redis
  const timeout = Duration.fromInputUnsafe(options.timeout ?? "10 seconds")
  const prefix = `{${options.prefix ?? "priceport:outbox"}}`
  const lossy = "acceptLoss" in options && options.acceptLoss

  const run = <A>(
    name: string,
    script: Script<{ readonly params: [prefix: string, ...parameters: Array<string>]; readonly result: A }>,
    ...parameters: Array<string>
  ): Effect.Effect<A, OutboxStoreError> => operation(name, timeout)(redis.eval(script)(prefix, ...parameters))

  /** Some of many ids at a time, so that Redis has time for others. */
  const inPortions = (
    ids: ReadonlyArray<string>,
    act: (some: Array<string>) => Effect.Effect<number, OutboxStoreError>
  ) =>
    Effect.map(
      Effect.forEach(Arr.chunksOf(ids, portion), act),
      (numbers) => numbers.reduce((sum, number) => sum + number, 0)
    )

  if (!lossy) yield* operation("open", timeout)(checkDurability(redis))
  const written = options.migrate === false
    ? yield* run("open", Records.written)
    : yield* run("open", Records.open, String(version))
  if (written === null) return yield* incompatible(`there is no outbox under ${prefix}`)
  if (Number(written) < version) {
    return yield* incompatible("the keys are of an older version: let the application open them once")
  }
  if (Number(written) > version) {
    return yield* incompatible(`the keys are of version ${written}, this package knows versions up to ${version}`)
  }

  const service: Service<"none" | "server"> = {
    durability: lossy ? "none" : "server",

    append: (entries, capacity) =>
      entries.length === 0 ? Effect.succeed([]) : Effect.map(
        run(
          "append",
          Entries.append,
          String(capacity.impressions),
          String(capacity.total),
          ...entries.flatMap(Replies.entryArguments)
        ),
        (replies) =>
          replies.map((reply, index) =>
            typeof reply !== "number"
              ? Appended.Present({ known: Replies.knownOf(entries[index]!.id, reply) })
              : reply === 1
              ? Appended.Added()
              : Appended.Full()
          )
      ),

    claim: ({ batch, lane, leaseUntil, limit, now, overtakeBefore }) =>
      Effect.map(
        run("claim", Claims.claim, lane, ...[now, limit, batch, overtakeBefore, leaseUntil].map(String)),
        (replies) => replies.map(Replies.claimedOf)
      ),

    settle: (settlements) =>
      settlements.length === 0
        ? Effect.succeed([])
        : run("settle", Claims.settle, ...settlements.flatMap(Replies.settlementArguments)),

    find: (id) =>
      Effect.map(run("find", Records.find, id), (reply) => reply === null ? undefined : Replies.knownOf(id, reply)),

    replace: (entry, { customer, digest, settledAt, state }, uncertain = false) =>
      Effect.map(
        run(
          "replace",
          Entries.replace,
          ...Replies.entryArguments(entry),
          uncertain ? "1" : "0",
          customer,
          digest,
          state,
          settledAt === undefined ? "" : String(settledAt)
        ),
        (replaced) => replaced === 1
      ),

    nextDueAt: (lane) =>
      Effect.map(run("nextDueAt", Records.nextDueAt, lane), (at) => at === null ? undefined : Number(at)),

    lanes: Effect.map(run("counts", Records.counts), ([tallies]) => Replies.lanesOf(tallies)),

    counts: Effect.map(run("counts", Records.counts), ([tallies, oldest]) => Replies.countsOf(tallies, oldest)),

    dead: (selection, { after, limit }) =>
      Effect.map(
        run(
          "dead",
          Records.dead,
          String(limit),
          ...Replies.optional(after),
          ...Replies.selectionArguments(selection)
        ),
        (replies) => replies.map(([id, known]) => Replies.knownOf(id, known))
      ),

    redrive: (selection, { expiresAt, now }) =>
      Effect.flatMap(
        run("redrive", Records.select, ...Replies.selectionArguments(selection)),
        (ids) => inPortions(ids, (some) => run("redrive", Records.redrive, String(now), String(expiresAt), ...some))
      ),

    drop: (selection) =>
      Effect.flatMap(
        run("drop", Records.select, ...Replies.selectionArguments(selection)),
        (ids) => inPortions(ids, (some) => run("drop", Records.drop, ...some))
      ),

    sweep: ({ dead, impressions, notes, purchases }) => {
      const times = [impressions, purchases, dead, notes].map(String)
      const all = (before: number): Effect.Effect<number, OutboxStoreError> =>
        Effect.flatMap(run("sweep", Records.sweep, String(portion), ...times), (swept) => {
          const sum = before + swept
          return swept < portion ? Effect.succeed(sum) : all(sum)
        })
      return all(0)
    },

    note: (key, note, at) => Effect.asVoid(run("note", Records.note, key, Base64.encode(note), String(at))),

    recall: (key) =>
      Effect.map(run("recall", Records.recall, key), (note) => note === null ? undefined : Replies.bytesOf(note))
  }
  return service
})

const incompatible = (detail: string) =>
  Effect.fail(new OutboxStoreError({ reason: "incompatible", operation: "open", detail }))

const portion = 500
