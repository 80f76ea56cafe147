/**
 * Where an outbox is kept, as the command line names it, and what is told when it cannot be opened.
 */
import { OutboxStore, OutboxStoreError } from "@priceport/outbox/OutboxStore"
import type * as SqliteStore from "@priceport/outbox/SqliteStore"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import { Flag } from "./Cli.ts"
import type { Problem } from "./Failure.ts"

/** The variable that names it. */
export const variable = "PRICEPORT_OUTBOX"

/** Shared by every command that looks into an outbox. */
export const flags = {
  store: Flag.Redacted("store").pipe(
    Flag.withMetavar("FILE|URL"),
    Flag.withDescription(`A SQLite file, or a postgres:// or redis:// URL; ${variable} unless set`),
    Flag.optional
  ),
  schema: Flag.String("schema").pipe(
    Flag.withMetavar("NAME"),
    Flag.withDescription("The PostgreSQL schema, where the application names one"),
    Flag.optional
  ),
  prefix: Flag.String("prefix").pipe(
    Flag.withMetavar("NAME"),
    Flag.withDescription("The prefix of the Redis keys, where the application names one"),
    Flag.optional
  )
}

/** Where exactly it is. */
export interface Place {
  readonly store: Redacted.Redacted
  readonly schema: string | undefined
  readonly prefix: string | undefined
}

/**
 * Opens the outbox of an application. One that is not there is a slip of the pen, and is not made; and no application that
 * is of an older version finds its tables changed. A file is opened to read alone where nothing will be changed, so that the
 * application may go on.
 */
export const layer = (
  { prefix, schema, store }: Place,
  { readOnly }: { readonly readOnly: boolean }
): Layer.Layer<OutboxStore, OutboxStoreError> => {
  const text = Redacted.value(store)
  if (/^postgres(ql)?:\/\//.test(text)) {
    return lazily(() =>
      import("@priceport/outbox/PostgresStore").then(({ layerUrl }) =>
        layerUrl({ url: store, schema, maxConnections: 2, migrate: false })
      )
    )
  }
  if (/^rediss?:\/\//.test(text)) return lazily(() => redis(text, prefix))
  const [scheme] = /^[a-z][a-z+.-]*:\/\//i.exec(text) ?? []
  if (scheme !== undefined) return Layer.effect(OutboxStore, Effect.fail(noStoreAt(scheme)))
  return lazily(() => import("@priceport/outbox/SqliteStore").then((sqlite) => file(sqlite, text, readOnly)))
}

const file = (
  { layer, layerReadOnly, makeReadOnly }: typeof SqliteStore,
  filename: string,
  readOnly: boolean
) =>
  readOnly
    ? layerReadOnly({ filename })
    : Layer.unwrap(Effect.as(Effect.scoped(makeReadOnly({ filename })), layer({ filename })))

/** Whether Redis may lose what it accepted is for the application to judge that writes to it. */
const redis = async (url: string, prefix: string | undefined) => {
  const [{ layer }, NodeRedis] = await Promise.all([
    import("@priceport/outbox/RedisStore"),
    import("@effect/platform-node/NodeRedis")
  ])
  return layer({ acceptLoss: true, migrate: false, prefix }).pipe(
    // What its client logs of a server that is not there, the command says in its own words.
    Layer.provide(Layer.provide(NodeRedis.layer({ url }), Layer.succeed(References.MinimumLogLevel, "Error"))),
    Layer.catchTag("RedisError", () => Layer.effect(OutboxStore, Effect.fail(unreachable)))
  )
}

const noStoreAt = (scheme: string) =>
  new OutboxStoreError({
    reason: "incompatible",
    operation: "open",
    detail: `no outbox is kept at ${scheme}: give a file, or a postgres:// or redis:// URL`
  })

const unreachable = new OutboxStoreError({
  reason: "unavailable",
  operation: "open",
  detail: "the Redis server cannot be reached"
})

const lazily = <A, E>(load: () => Promise<Layer.Layer<A, E>>) => Layer.unwrap(Effect.promise(load))

/** A store that could not be asked, as it is told. The text of a URL holds a password, so none of it is. */
export const problem = (operation: string) => ({ detail, reason }: OutboxStoreError): Problem => {
  const tag = reason === "in-use" ? "InUse" : reason === "incompatible" ? "Incompatible" : "Unavailable"
  return {
    provider: "priceport",
    operation: `outbox ${operation}`,
    reason: { _tag: tag },
    message: `priceport outbox ${operation}: ${tag} (${detail})`,
    isRetryable: reason !== "incompatible"
  }
}
