import { assert, describe, it } from "@effect/vitest"
import { type BotsiSimulator, CorrilySimulator, Fault } from "@priceport/testing/simulators"
import { Effect, Fiber, Option } from "effect"
import { Buffer } from "node:buffer"
import * as Zlib from "node:zlib"
import * as Botsi from "./Botsi.ts"
import * as Wire from "./Wire.ts"

const user = { customerUserId: "u-1" }

const request = { ...user, placementId: "ai-placement-id" }

const good = "\"id\":42"

const ask = (botsi: BotsiSimulator.BotsiSimulator["Service"], body: unknown = request, stopAfter = Infinity) =>
  Wire.send({ url: `${botsi.baseUrl}/paywalls`, headers: { authorization: botsi.secretKey }, body, stopAfter })

const withFault = Effect.fnUntraced(function*(fault: Fault.Fault) {
  const botsi = yield* Botsi.make({ customers: [user] })
  yield* botsi.inject(fault)
  return botsi
})

describe("Fault", () => {
  describe("on the wire", () => {
    it.live("Silence reads the request and never answers", () =>
      Effect.gen(function*() {
        const botsi = yield* withFault(Fault.Silence())
        const asking = yield* Effect.forkChild(ask(botsi))
        yield* Wire.arrived(botsi.requests, 1)

        assert.isTrue(Option.isNone(yield* Effect.timeoutOption(Fiber.join(asking), "50 millis")))
        assert.deepStrictEqual((yield* botsi.requests)[0]?.body, request)
      }))

    it.live("SlowBody trickles", () =>
      Effect.gen(function*() {
        const botsi = yield* withFault(Fault.SlowBody({ bytesPerSecond: 1 }))
        const answer = yield* Effect.timeoutOption(ask(botsi), "200 millis")
        assert.isTrue(Option.isNone(answer))

        yield* botsi.clearFaults
        yield* botsi.inject(Fault.SlowBody({ bytesPerSecond: 50_000 }))
        assert.include((yield* ask(botsi)).text, good)
      }))

    it.live("EndlessBody goes on past any limit", () =>
      Effect.gen(function*() {
        const botsi = yield* withFault(Fault.EndlessBody())
        const { status, text } = yield* ask(botsi, request, 4_000_000)

        assert.strictEqual(status, 200)
        assert.isAtLeast(text.length, 4_000_000)
      }))

    it.live("CutBody ends in the middle of a body that promised more", () =>
      Effect.gen(function*() {
        const { broken, headers, status, text } = yield* ask(yield* withFault(Fault.CutBody()))

        assert.strictEqual(status, 200)
        assert.strictEqual(broken, "ECONNRESET")
        assert.isAbove(text.length, 0)
        assert.isBelow(text.length, Number(headers["content-length"]))
      }))

    it.live("Reset before reading leaves no body and no deed", () =>
      Effect.gen(function*() {
        const botsi = yield* withFault(Fault.Reset({ when: "before" }))
        const { broken, status } = yield* ask(botsi)

        assert.strictEqual(broken, "ECONNRESET")
        assert.isUndefined(status)
        assert.strictEqual((yield* botsi.requests)[0]?.bodyText, "")
      }))

    it.live("Reset after reading leaves the deed done", () =>
      Effect.gen(function*() {
        const botsi = yield* Botsi.make()
        yield* botsi.inject(Fault.Reset({ when: "after" }), { times: 1 })
        const { broken } = yield* Wire.send({
          url: `${botsi.baseUrl}/profiles`,
          headers: { authorization: botsi.secretKey },
          body: Botsi.device
        })

        assert.strictEqual(broken, "ECONNRESET")
        assert.strictEqual((yield* botsi.state).profiles.length, 1)
      }))

    it.live.each(["3", "Wed, 21 Oct 2065 07:28:00 GMT", "soon"])(
      "Status sends Retry-After %s as it is",
      (retryAfter) =>
        Effect.gen(function*() {
          const { headers, status, text } = yield* ask(yield* withFault(Fault.Status({ status: 429, retryAfter })))

          assert.strictEqual(status, 429)
          assert.strictEqual(headers["retry-after"], retryAfter)
          assert.hasAllKeys(JSON.parse(text), ["error", "code"])
        })
    )

    it.live("Status has four bodies", () =>
      Effect.gen(function*() {
        const botsi = yield* Botsi.make()
        const bodyOf = Effect.fnUntraced(function*(body: "json" | "html" | "empty" | "vendor-envelope") {
          yield* botsi.inject(Fault.Status({ status: 503, body }), { times: 1 })
          return (yield* ask(botsi)).text
        })

        assert.match(yield* bodyOf("json"), /^{"error":/)
        assert.match(yield* bodyOf("html"), /^<!doctype html>/)
        assert.strictEqual(yield* bodyOf("empty"), "")
        assert.match(yield* bodyOf("vendor-envelope"), /^{"ok":false,"message":".*","status":503}$/)
      }))

    it.live("Html is a page under status 200", () =>
      Effect.gen(function*() {
        const { headers, status } = yield* ask(yield* withFault(Fault.Html()))
        assert.strictEqual(status, 200)
        assert.match(headers["content-type"] ?? "", /^text\/html/)
      }))

    it.live("WrongTypes still claims to be ok", () =>
      Effect.gen(function*() {
        const body = JSON.parse((yield* ask(yield* withFault(Fault.WrongTypes()))).text)

        assert.isTrue(body.ok)
        assert.strictEqual(body.data.id, "42")
        assert.isNumber(body.data.name)
        assert.strictEqual(body.data.isExperiment, "true")
        assert.isObject(body.data.sourceProducts)
        assert.isNotArray(body.data.sourceProducts)
      }))

    it.live("OkFalse fails under status 200, with a status inside when told", () =>
      Effect.gen(function*() {
        const botsi = yield* withFault(Fault.OkFalse({ status: 403 }))
        const corrily = yield* CorrilySimulator.make({
          latency: { minMs: 0, maxMs: 0 },
          faults: [{ fault: Fault.OkFalse({}) }]
        })
        const botsis = yield* ask(botsi)
        const corrilys = yield* Wire.send({ url: `${corrily.baseUrl}/v1/paywall`, body: {} })

        assert.strictEqual(botsis.status, 200)
        assert.deepStrictEqual(JSON.parse(botsis.text), { ok: false, message: "not ok", status: 403 })
        assert.deepStrictEqual(JSON.parse(corrilys.text), { success: false, error_message: "not ok" })
      }))

    it.live("Redirect points anywhere, by default to a place where a follower is seen", () =>
      Effect.gen(function*() {
        const botsi = yield* withFault(Fault.Redirect({}))
        const { headers, status } = yield* ask(botsi)
        assert.strictEqual(status, 307)
        assert.strictEqual(headers.location, `${new URL(botsi.baseUrl).origin}/redirected`)

        yield* botsi.clearFaults
        yield* botsi.inject(Fault.Redirect({ location: "https://elsewhere.test/" }))
        assert.strictEqual((yield* ask(botsi)).headers.location, "https://elsewhere.test/")
      }))

    it.live("EmptyBody does the deed and says nothing", () =>
      Effect.gen(function*() {
        const botsi = yield* withFault(Fault.EmptyBody())
        const { status, text } = yield* ask(botsi)
        yield* Botsi.call(botsi, "/events", [{ ...user, ...Botsi.shown }])

        assert.deepStrictEqual([status, text], [204, ""])
        assert.strictEqual((yield* botsi.state).impressions.counted, 1)
      }))

    it.live.each([Fault.EmptyBody(), Fault.WrongTypes()])(
      "$_tag hides no wrong request",
      (fault) =>
        Effect.gen(function*() {
          const { status, text } = yield* ask(yield* withFault(fault), { ...request, placementId: 3 })
          assert.strictEqual(status, 422)
          assert.include(text, "placementId")
        })
    )

    it.live("Gzip is the right answer, compressed", () =>
      Effect.gen(function*() {
        const { headers, text } = yield* ask(yield* withFault(Fault.Gzip()))
        assert.strictEqual(headers["content-encoding"], "gzip")
        assert.include(Zlib.gunzipSync(Buffer.from(text, "latin1")).toString(), good)
      }))

    it.live("EchoSecrets quotes the key and the body", () =>
      Effect.gen(function*() {
        const botsi = yield* withFault(Fault.EchoSecrets({ status: 500 }))
        const { status, text } = yield* ask(botsi)
        assert.strictEqual(status, 500)
        assert.include(JSON.parse(text).error, botsi.secretKey)
        assert.include(JSON.parse(text).error, JSON.stringify(request))
      }))

    it.live("Verbatim is exactly what it was given", () =>
      Effect.gen(function*() {
        const fault = Fault.Verbatim({ status: 299, headers: { "x-other": "1" }, body: "{\"ok\":true,\"data\":[]}" })
        const { headers, status, text } = yield* ask(yield* withFault(fault))
        assert.deepStrictEqual([status, headers["x-other"], text], [299, "1", fault.body])
      }))

    it.live("all of them leave the server whole and no socket behind", () =>
      Effect.gen(function*() {
        const botsi = yield* Botsi.make({ customers: [user] })
        for (const [index, fault] of Fault.all.entries()) {
          yield* botsi.inject(fault, { times: 1 })
          yield* fault._tag === "Silence"
            ? Effect.raceFirst(ask(botsi), Wire.arrived(botsi.requests, index + 1))
            : ask(botsi, request, fault._tag === "SlowBody" ? 1 : 100_000)
        }
        const { text } = yield* ask(botsi)

        assert.include(text, good)
        assert.strictEqual(yield* Wire.allGone(botsi.openSockets), 0)
        const met = (yield* botsi.requests).map(({ fault }) => fault)
        assert.deepStrictEqual(met, [...Fault.all.map(({ _tag }) => _tag), undefined])
      }))
  })

  describe("injection", () => {
    it.live("is met in order, as often as told", () =>
      Effect.gen(function*() {
        const botsi = yield* withFault(Fault.Status({ status: 500 }))
        yield* botsi.clearFaults
        yield* botsi.inject(Fault.Status({ status: 503 }), { times: 2 })
        yield* botsi.inject(Fault.Status({ status: 429 }), { times: 1 })
        const statuses = yield* Effect.replicateEffect(Effect.map(ask(botsi), ({ status }) => status), 4)
        assert.deepStrictEqual(statuses, [503, 503, 429, 200])
      }))

    it.live("keeps to its path", () =>
      Effect.gen(function*() {
        const botsi = yield* Botsi.make({
          customers: [user],
          faults: [{ fault: Fault.Status({ status: 500 }), path: "/events" }]
        })
        const paywall = yield* ask(botsi)
        const event = yield* Botsi.call(botsi, "/events", [{ ...user, ...Botsi.shown }])
        assert.deepStrictEqual([paywall.status, event.status], [200, 500])
      }))
  })

  describe("parse", () => {
    it.effect.each([
      { text: "silence", fault: Fault.Silence() },
      { text: "slow-body:1", fault: Fault.SlowBody({ bytesPerSecond: 1 }) },
      { text: "reset:after", fault: Fault.Reset({ when: "after" }) },
      { text: "status:429,retry-after=3", fault: Fault.Status({ status: 429, retryAfter: "3", body: "json" }) },
      {
        text: "status:503,retry-after=Wed, 21 Oct 2065 07:28:00 GMT,body=empty",
        fault: Fault.Status({ status: 503, retryAfter: "Wed, 21 Oct 2065 07:28:00 GMT", body: "empty" })
      },
      { text: "ok-false:401", fault: Fault.OkFalse({ status: 401 }) },
      {
        text: "redirect:https://elsewhere.test:8443/a",
        fault: Fault.Redirect({ location: "https://elsewhere.test:8443/a" })
      },
      { text: "echo-secrets", fault: Fault.EchoSecrets({}) },
      { text: " gzip ", fault: Fault.Gzip() }
    ])("reads $text", ({ fault, text }) =>
      Effect.gen(function*() {
        assert.deepStrictEqual(yield* Fault.parse(text), fault)
      }))

    it.effect.each([
      "",
      "slow",
      "silence:1",
      "slow-body",
      "slow-body:0",
      "reset",
      "status",
      "status:99",
      "status:429,retry=3",
      "status:429,body=xml",
      "html,retry-after=3",
      "redirect:"
    ])("refuses \"%s\" and lists what there is", (text) =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(Fault.parse(text))
        assert.include(error.message, `"${text}" is not a fault`)
        assert.include(error.message, "status:STATUS[,retry-after=TEXT]")
      }))
  })
})
