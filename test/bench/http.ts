/**
 * One paywall over loopback: the Botsi adapter with all it promises (deadline, span, body cap, decoding, mapping)
 * against the same request by plain undici and by global fetch, both with the same body cap and JSON.parse.
 */
import { BotsiProvider } from "@priceport/botsi"
import * as UndiciHttpClient from "@priceport/core/provider/UndiciHttpClient"
import { Effect, ManagedRuntime, Redacted } from "effect"
import { fork } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import * as undici from "undici"
import { compare, report } from "./Rounds.ts"

const concurrency = 50
const maxBytes = 1024 * 1024

const run = async (): Promise<void> => {
  const answer = readFileSync(new URL("../fixtures/botsi/get-paywall-response.json", import.meta.url), "utf8")
  const server = fork(new URL("server.ts", import.meta.url), [answer])
  const [port] = await once(server, "message")
  const baseUrl = `http://127.0.0.1:${port}`
  const url = `${baseUrl}/paywalls`
  const key = "sk_bench.key.value"
  const placementId = "ai-placement-id"
  const headers = { authorization: key, "content-type": "application/json" }

  const inParallel = (call: (index: number) => Promise<unknown>) => async (times: number) => {
    let next = 0
    const worker = async () => {
      while (next < times) await call(next++)
    }
    await Promise.all(Array.from({ length: concurrency }, worker))
  }

  const body = (index: number) => JSON.stringify({ customerUserId: `customer-${index}`, placementId })
  const agent = new undici.Agent()
  const plainUndici = async (index: number) => {
    const response = await undici.request(url, { dispatcher: agent, method: "POST", headers, body: body(index) })
    const chunks: Array<Buffer> = []
    let size = 0
    for await (const chunk of response.body) {
      size += chunk.length
      if (size > maxBytes) throw new Error("too large")
      chunks.push(chunk)
    }
    return JSON.parse(Buffer.concat(chunks).toString("utf8"))
  }
  const globalFetch = async (index: number) => {
    const response = await fetch(url, { method: "POST", headers, body: body(index) })
    const chunks: Array<Uint8Array> = []
    let size = 0
    for await (const chunk of response.body!) {
      size += chunk.length
      if (size > maxBytes) throw new Error("too large")
      chunks.push(chunk)
    }
    return JSON.parse(Buffer.concat(chunks).toString("utf8"))
  }

  const runtime = ManagedRuntime.make(
    UndiciHttpClient.layer
  )
  const provider = await runtime.runPromise(BotsiProvider.make({ secretKey: Redacted.make(key), baseUrl }))
  const priceport = async (times: number) => {
    await runtime.runPromise(
      Effect.forEach(
        Array.from({ length: times }, (_, index) => index),
        (index) => provider.getPaywall({ placement: placementId, customer: { id: `customer-${index}` } }),
        { concurrency, discard: true }
      )
    )
  }
  const byPromise = inParallel((index) =>
    runtime.runPromise(provider.getPaywall({ placement: placementId, customer: { id: `customer-${index}` } }))
  )

  try {
    const results = await compare([
      { name: "undici.request", run: inParallel(plainUndici) },
      { name: "fetch", run: inParallel(globalFetch) },
      { name: "priceport", run: priceport },
      { name: "priceport by promise", run: byPromise }
    ], { rounds: 9, times: 4000 })
    report(`One getPaywall over loopback, ${concurrency} at a time`, results, [
      { subject: "priceport", against: "undici.request", atMost: 2.75 },
      { subject: "priceport", against: "fetch", atMost: 0.7 }
    ])
  } finally {
    await runtime.dispose()
    await agent.close()
    server.kill()
  }
}

await run()
