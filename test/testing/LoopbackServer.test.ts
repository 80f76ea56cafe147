import { assert, describe, it } from "@effect/vitest"
import { BotsiSimulator, CorrilySimulator } from "@priceport/testing/simulators"
import { Effect, Exit, Fiber, Scope } from "effect"
import * as Net from "node:net"
import * as Botsi from "./Botsi.ts"
import * as Wire from "./Wire.ts"

const user = { customerUserId: "u-1" }

const connectionTo = (url: string) =>
  Effect.callback<Net.Socket>((resume) => {
    const { hostname, port } = new URL(url)
    const socket = Net.connect(Number(port), hostname, () => resume(Effect.succeed(socket)))
  })

describe("a simulator", () => {
  it.live("listens on loopback alone, on a port of its own", () =>
    Effect.gen(function*() {
      const first = yield* Botsi.make()
      const second = yield* Botsi.make()
      assert.strictEqual(new URL(first.baseUrl).hostname, "127.0.0.1")
      assert.notStrictEqual(first.baseUrl, second.baseUrl)
    }))

  it.live("says so when its port is taken", () =>
    Effect.gen(function*() {
      const first = yield* Botsi.make()
      const port = Number(new URL(first.baseUrl).port)
      const error = yield* Effect.flip(CorrilySimulator.make({ port }))
      assert.strictEqual(error._tag, "SimulatorError")
      assert.strictEqual(error.port, port)
      assert.include(error.message, "EADDRINUSE")
    }))

  it.live.each([-1, 65_536, 1.5])("refuses %d for a port", (port) =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(BotsiSimulator.make({ port }))
      assert.include(error.detail, "whole number")
    }))

  it.live("ends every connection with its scope, an open request too", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const botsi = yield* Scope.provide(BotsiSimulator.make({ latency: { minMs: 60_000, maxMs: 60_000 } }), scope)
      const idle = yield* connectionTo(botsi.baseUrl)
      const closed = new Promise((resolve) => idle.on("close", resolve))
      const open = yield* Effect.forkChild(Wire.send({ url: `${botsi.baseUrl}/paywalls`, body: {} }))
      yield* Wire.arrived(botsi.requests, 1)
      yield* Scope.close(scope, Exit.void)

      yield* Effect.promise(() => closed)
      assert.strictEqual((yield* Fiber.join(open)).broken, "ECONNRESET")
      assert.strictEqual(yield* botsi.openSockets, 0)
    }))

  it.live("counts the connections that are open", () =>
    Effect.gen(function*() {
      const botsi = yield* Botsi.make()
      const socket = yield* connectionTo(botsi.baseUrl)
      while ((yield* botsi.openSockets) === 0) yield* Effect.sleep("1 millis")
      assert.strictEqual(yield* botsi.openSockets, 1)
      socket.destroy()
      assert.strictEqual(yield* Wire.allGone(botsi.openSockets), 0)
    }))

  it.live("records what was really sent", () =>
    Effect.gen(function*() {
      const botsi = yield* Botsi.make()
      yield* Wire.send({
        url: `${botsi.baseUrl}/paywalls?a=b`,
        headers: { AUTHORIZATION: "not the key", "X-Mixed-Case": "1" },
        body: "{\"name\": \"Zoë 🚀\" }"
      })
      const [request] = yield* botsi.requests

      assert.isDefined(request)
      assert.strictEqual(request.method, "POST")
      assert.strictEqual(request.path, "/api/v1/web-api/paywalls?a=b")
      assert.strictEqual(request.headers["authorization"], "not the key")
      assert.deepInclude(request.rawHeaders, ["X-Mixed-Case", "1"])
      assert.strictEqual(request.bodyText, "{\"name\": \"Zoë 🚀\" }")
      assert.deepStrictEqual(request.body, { name: "Zoë 🚀" })
    }))

  it.live("keeps the order of arrival, and ids apart that look alike", () =>
    Effect.gen(function*() {
      const botsi = yield* Botsi.make({ customers: ["a b", "a/b", "ä"].map((customerUserId) => ({ customerUserId })) })
      const ids = ["a b", "a/b", "ä"]
      yield* Effect.forEach(ids, (customerUserId) =>
        Botsi.call(botsi, "/paywalls", { customerUserId, placementId: "onboarding" }))
      const requests = yield* botsi.requests
      assert.deepStrictEqual(
        requests.map(({ number }) =>
          number
        ),
        [1, 2, 3]
      )
      assert.strictEqual((yield* botsi.state).profiles.length, 3)
    }))

  it.live("carries out concurrent requests one by one, so that nothing is lost", () =>
    Effect.gen(function*() {
      const botsi = yield* Botsi.make({ customers: [user] })
      yield* Effect.forEach(
        Array.from({ length: 20 }, (_, index) => `k${index}`),
        (key) => Botsi.call(botsi, "/profiles/custom-attributes", { ...user, custom: { key, value: "v" } }),
        { concurrency: "unbounded" }
      )
      const custom = (yield* botsi.state).profiles[0]?.custom ?? []
      assert.strictEqual(new Set(custom.map(({ id }) => id)).size, 20)
    }))

  it.effect("runs on its own clock, under a test clock too", () =>
    Effect.gen(function*() {
      const botsi = yield* BotsiSimulator.make({ latency: { minMs: 1, maxMs: 2 }, customers: [user] })
      const { status } = yield* Botsi.call(botsi, "/paywalls", { ...user, placementId: "onboarding" })
      assert.strictEqual(status, 200)
    }))
})
