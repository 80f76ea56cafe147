/**
 * Where an outbox is kept, as the command line names it, and what is told when it cannot be opened.
 */
import { OutboxStore, OutboxStoreError } from "@priceport/outbox/OutboxStore"
import type * as SqliteStore from "@priceport/outbox/SqliteStore"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Flag } from "./Cli.ts"
import type { Problem } from "./Failure.ts"

/** The variable that names it. */
export const variable = "PRICEPORT_OUTBOX"

/** Shared by every command that looks into an outbox. */
export const flag = Flag.Redacted("store").pipe(
  Flag.withMetavar("FILE|URL"),
  Flag.withDescription(`A SQLite file, or a postgres:// or redis:// URL; ${variable} unless set`),
  Flag.optional
)

/** Opens a store. A file is opened to read alone where nothing will be changed, so that the application may go on. */
export const layer = (
  place: Redacted.Redacted,
  { readOnly }: { readonly readOnly: boolean }
): Layer.Layer<OutboxStore, OutboxStoreError> => {
  const text = Redacted.value(place)
  if (/^postgres(ql)?:\/\//.test(text)) {
    return lazily(() =>
      import("@priceport/outbox/PostgresStore").then(({ layerUrl }) => layerUrl({ url: place, maxConnections: 2 }))
    )
  }
  if (/^rediss?:\/\//.test(text)) return lazily(() => redis(text))
  return lazily(() => import("@priceport/outbox/SqliteStore").then((sqlite) => file(sqlite, text, readOnly)))
}

/** The outbox of an application: a file that is not there is a slip of the pen, and is not made. */
const file = (
  { layer, layerReadOnly, makeReadOnly }: typeof SqliteStore,
  filename: string,
  readOnly: boolean
) =>
  readOnly
    ? layerReadOnly({ filename })
    : Layer.unwrap(Effect.as(Effect.scoped(makeReadOnly({ filename })), layer({ filename })))

/** Whether Redis may lose what it accepted is for the application to judge that writes to it. */
const redis = async (url: string) => {
  const [{ layer }, NodeRedis] = await Promise.all([
    import("@priceport/outbox/RedisStore"),
    import("@effect/platform-node/NodeRedis")
  ])
  return layer({ acceptLoss: true }).pipe(
    Layer.provide(NodeRedis.layer({ url })),
    Layer.catchTag("RedisError", () => Layer.effect(OutboxStore, Effect.fail(unreachable)))
  )
}

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
