import { Effect } from "effect"
import { Buffer } from "node:buffer"
import { createClient, RESP_TYPES } from "redis"
import { afterAll, beforeAll } from "vitest"
import { ownRedis, type Server, suite as serverSuite, withoutRedis } from "../support/Servers.ts"
import { suite } from "./crash/Crash.ts"

let server: Server
let prefixes = 0

/** Every key with what is below it, as Redis itself writes it down, and in plain. */
const dump = Effect.promise(async () => {
  const client = createClient({ url: server.url })
  await client.connect()
  const binary = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer })
  const parts: Array<Buffer> = []
  for (const key of await client.keys("*")) {
    parts.push(Buffer.from(`${key}\n`))
    const dumped = await binary.dump(key)
    if (dumped !== null) parts.push(dumped)
    const type = await client.type(key)
    if (type === "hash") parts.push(Buffer.from(JSON.stringify(await client.hGetAll(key))))
    if (type === "zset") parts.push(Buffer.from((await client.zRange(key, 0, -1)).join("\n")))
  }
  client.destroy()
  // Payloads are in Base64: once more as the bytes they stand for.
  const text = Buffer.concat(parts)
  const decoded = Array.from(
    text.toString().matchAll(/[\w+/]{16,}={0,2}/g),
    ([base64]) => Buffer.from(base64, "base64")
  )
  return Buffer.concat([text, ...decoded])
})

serverSuite("Killed workers on Redis", withoutRedis, () => {
  beforeAll(async () => {
    server = await ownRedis()
  })
  afterAll(() => server.stop())

  suite(
    "Redis",
    Effect.sync(() => ({
      target: { kind: "redis", url: server.url, prefix: `crash:${prefixes++}` },
      dump
    }))
  )
})
