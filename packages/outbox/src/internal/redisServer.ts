/** How a Redis store talks to its server, and what it asks of it before it trusts it. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { OutboxStoreError } from "../OutboxStore.ts"
import type { Redis, RedisError } from "./redisLibrary.ts"

/** Runs an operation, not longer than `timeout`, with what went wrong as the store's own error, without Redis's texts. */
export const operation = (name: string, timeout: Duration.Duration) =>
<A>(
  effect: Effect.Effect<A, RedisError | OutboxStoreError>
): Effect.Effect<A, OutboxStoreError> =>
  effect.pipe(
    Effect.mapError((error) => error._tag === "RedisError" ? failure(name, error) : error),
    Effect.timeoutOrElse({
      duration: timeout,
      orElse: () => unavailable(name, `Redis did not answer within ${Duration.format(timeout)}`)
    })
  )

const failure = (operation: string, { cause }: RedisError): OutboxStoreError => {
  const code = cause instanceof Error ? /^[A-Z]+(?= )/.exec(cause.message)?.[0] : undefined
  return new OutboxStoreError({
    reason: "unavailable",
    operation,
    detail: code === undefined ? "no connection to Redis" : details[code] ?? `Redis answered ${code}`
  })
}

/** By the word that Redis begins an error with. */
const details: Record<string, string> = {
  LOADING: "Redis is still reading its data",
  MISCONF: "Redis cannot write to its disk",
  NOAUTH: "Redis wants a password",
  NOPERM: "the user of Redis may not do this",
  OOM: "Redis is out of memory: nothing of this was stored",
  READONLY: "this Redis is a replica, which only reads",
  WRONGPASS: "Redis refuses the user or the password"
}

const unavailable = (operation: string, detail: string) =>
  Effect.fail(new OutboxStoreError({ reason: "unavailable", operation, detail }))

/** The settings under which what Redis acknowledged is on its disk, and stays until it is deleted. */
const required: ReadonlyArray<readonly [setting: string, fits: (value: string) => boolean, wanted: string]> = [
  ["appendonly", (value) => value === "yes", "appendonly yes"],
  ["appendfsync", (value) => value === "always", "appendfsync always"],
  ["maxmemory-policy", (value) => !value.startsWith("allkeys"), "maxmemory-policy noeviction"]
]

/** Refuses a server that may lose what it acknowledged, or that does not say. */
export const checkDurability = Effect.fnUntraced(function*(redis: Redis["Service"]) {
  for (const [setting, fits, wanted] of required) {
    const value = yield* Effect.map(
      Effect.option(redis.send<ReadonlyArray<string> | Readonly<Record<string, string>>>("CONFIG", "GET", setting)),
      (reply) => reply._tag === "Some" ? valueOf(reply.value, setting) : undefined
    )
    if (value === undefined) {
      return yield* incompatible(
        `Redis does not tell its setting ${setting}, so what it accepts may be lost in a crash`
      )
    }
    if (!fits(value)) {
      return yield* incompatible(`Redis runs with ${setting} ${value}, so what it accepts may be lost: set ${wanted}`)
    }
  }
})

/** A list of names and values, or with the third version of the protocol a record. */
const valueOf = (reply: ReadonlyArray<string> | Readonly<Record<string, string>>, setting: string) =>
  Array.isArray(reply) ? reply[1] as string | undefined : (reply as Readonly<Record<string, string>>)[setting]

const incompatible = (detail: string) =>
  Effect.fail(
    new OutboxStoreError({ reason: "incompatible", operation: "open", detail: `${detail}, or say acceptLoss: true` })
  )
