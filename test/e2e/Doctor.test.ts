import { assert, describe, it } from "@effect/vitest"
import { Fault } from "@priceport/testing/simulators"
import { Effect } from "effect"
import { readFileSync } from "node:fs"
import * as Priceport from "./Priceport.ts"
import * as Vendors from "./Vendors.ts"

interface Check {
  readonly subject: string
  readonly check: string
  readonly status: string
  readonly message: string
  readonly remedy?: string
  readonly latencyMs?: number
  readonly unknown?: ReadonlyArray<string>
}

/** Runs the doctor, who prints a report and nothing else, and exits 0 if and only if it says that all is well. */
const doctor = (args: ReadonlyArray<string>, env: Record<string, string>) =>
  Effect.map(Priceport.run(["doctor", ...args, "--json"], { env }), ({ code, stderr, stdout }) => {
    assert.strictEqual(stderr, "")
    const { checks, ok }: { ok: boolean; checks: ReadonlyArray<Check> } = JSON.parse(stdout)
    assert.strictEqual(code, ok ? 0 : 1)
    assert.strictEqual(ok, checks.every(({ status }) => status === "ok" || status === "skipped"))
    for (const { remedy, status } of checks) if (status === "warning" || status === "failed") assert.isString(remedy)
    const find = (check: string) => checks.find((found) => found.check === check)!
    const statuses = checks.map(({ check, status, subject }) => `${subject} ${check}: ${status}`)
    return { checks, find, ok, statuses, stdout }
  })

const patience = ["--timeout", "60 seconds"]

const tester = "planted-tester"

const customers = [{ customerUserId: tester }]

const botsi = ["--provider", "botsi", "--customer", tester]

const corrily = ["--provider", "corrily"]

describe.concurrent("priceport doctor, where all is well", () => {
  it.live("checks both vendors and a bundle, reads twice, and writes nothing", () =>
    Effect.gen(function*() {
      const [botsi, corrily] = [yield* Vendors.botsi({ customers }), yield* Vendors.corrily()]
      const env = { ...botsi.env, ...corrily.env }
      const file = (yield* Priceport.files)("fallback.json", "")
      const pull = ["fallback", "pull", "--provider", "corrily", "--placement", "onboarding", "--locale", "de"]
      yield* Priceport.json([...pull, "--output", file, ...Priceport.patience], { env })
      const before = (yield* corrily.vendor.requests).length

      const { find, statuses, stdout } = yield* doctor(
        ["--customer", tester, "--placement", "onboarding", "--bundle", file, "--locale", "de-AT", ...patience],
        env
      )
      assert.deepStrictEqual(statuses, [
        "botsi configuration: ok",
        "botsi reachability: ok",
        "botsi contract: ok",
        "corrily configuration: ok",
        "corrily reachability: ok",
        "corrily contract: ok",
        `${file} bundle: ok`
      ])
      assert.isNumber(find("reachability").latencyMs)
      for (const secret of [botsi.vendor.secretKey, corrily.vendor.apiKey]) assert.notInclude(stdout, secret)

      const state = yield* corrily.vendor.state
      assert.deepStrictEqual([state.exposures, state.connectionKeyed], [0, 0])
      assert.deepStrictEqual((yield* botsi.vendor.state).impressions.received, 0)
      assert.deepStrictEqual((yield* botsi.vendor.requests).map(({ path }) => path), ["/api/v1/web-api/paywalls"])
      assert.lengthOf((yield* corrily.vendor.requests).slice(before), 1)
    }))

  it.live("prints one line a check for people", () =>
    Effect.gen(function*() {
      const { env } = yield* Vendors.corrily()
      const { code, stderr, stdout } = yield* Priceport.run(["doctor", ...patience], { env })
      assert.deepStrictEqual([code, stderr], [0, ""])
      assert.match(
        stdout,
        /^skipped {2}botsi configuration: .*\nok {7}corrily configuration: .*\nok {7}corrily reachability: .*\nok {7}corrily contract: .*\n$/
      )
    }))

  it.live("says that the key works but nothing was looked at where Botsi does not know the made-up customer", () =>
    Effect.gen(function*() {
      const { env } = yield* Vendors.botsi()
      const { checks, ok, statuses } = yield* doctor(["--provider", "botsi", ...patience], env)
      assert.isTrue(ok)
      assert.deepStrictEqual(statuses, [
        "botsi configuration: ok",
        "botsi reachability: ok",
        "botsi contract: skipped"
      ])
      assert.match(checks[2]?.remedy ?? "", /--customer or --profile-id/)
    }))
})

describe.concurrent("priceport doctor finds", () => {
  const diagnoses: ReadonlyArray<readonly [string, Fault.Fault, reachability: string, contract: string, RegExp]> = [
    ["a key that is not allowed", Fault.Status({ status: 403 }), "failed", "skipped", /Forbidden/],
    ["a vendor that is down", Fault.Status({ status: 503 }), "failed", "skipped", /Unavailable.*Try again/],
    ["a vendor that is overrun", Fault.Status({ status: 429, retryAfter: "3" }), "warning", "skipped", /in 3 seconds/],
    ["a broken connection", Fault.Reset({ when: "before" }), "failed", "skipped", /Transport/],
    ["a page for people", Fault.Html(), "ok", "failed", /not JSON.*Check that the base URL/],
    ["other types", Fault.WrongTypes(), "ok", "failed", /InvalidResponse/],
    ["somebody else's 404", Fault.Status({ status: 404, body: "html" }), "failed", "skipped", /_BASE_URL/],
    ["a redirect", Fault.Redirect({}), "failed", "skipped", /redirects are not followed/]
  ]

  for (const [what, fault, reachability, contract, message] of diagnoses) {
    it.live(`${what}, at either vendor`, () =>
      Effect.gen(function*() {
        const one = yield* Vendors.botsi({ customers, faults: [{ fault }] })
        const two = yield* Vendors.corrily({ faults: [{ fault }] })
        const { checks } = yield* doctor(["--customer", tester, ...patience], { ...one.env, ...two.env })
        for (const vendor of ["botsi", "corrily"]) {
          const [configuration, reached, looked] = checks.filter(({ subject }) => subject === vendor)
          assert.deepStrictEqual([configuration?.status, reached?.status, looked?.status], [
            "ok",
            reachability,
            contract
          ])
          assert.match([reached, looked].map((check) => `${check?.message}. ${check?.remedy}`).join(" "), message)
        }
      }))
  }

  it.live("a wrong key, and never prints it", () =>
    Effect.gen(function*() {
      const { env } = yield* Vendors.botsi({ customers, faults: [{ fault: Fault.EchoSecrets({ status: 401 }) }] })
      const { find, ok, stdout } = yield* doctor([...botsi, ...patience], { ...env, BOTSI_SECRET_KEY: "planted-key" })
      assert.isFalse(ok)
      assert.match(find("reachability").message, /Unauthorized/)
      assert.notMatch(stdout, /planted/)
    }))

  it.live("a base URL that is another API's, whatever that says of a customer", () =>
    Effect.gen(function*() {
      const { env } = yield* Vendors.botsi()
      const { vendor } = yield* Vendors.corrily()
      const { find } = yield* doctor(["--provider", "botsi", ...patience], { ...env, BOTSI_BASE_URL: vendor.baseUrl })
      assert.strictEqual(find("reachability").status, "warning")
      assert.match(find("reachability").remedy ?? "", /BOTSI_BASE_URL/)
    }))

  it.live("a silent vendor, in the time it was given", () =>
    Effect.gen(function*() {
      const { env } = yield* Vendors.corrily({ faults: [{ fault: Fault.Silence() }] })
      const { find } = yield* doctor([...corrily, "--timeout", "300 millis"], env)
      assert.match(find("reachability").message, /Timeout.*300 ms/)
    }))

  it.live("a slow vendor", () =>
    Effect.gen(function*() {
      const { env } = yield* Vendors.corrily({ latency: { minMs: 2100, maxMs: 2100 } })
      const { find } = yield* doctor([...corrily, ...patience], env)
      assert.strictEqual(find("reachability").status, "warning")
      assert.isAtLeast(find("reachability").latencyMs ?? 0, 2000)
      assert.strictEqual(find("contract").status, "ok")
    }))

  it.live("what Botsi's answer holds that nothing here knows, and what cannot be read of it", () =>
    Effect.gen(function*() {
      const { env, vendor } = yield* Vendors.botsi({ customers })
      const data = {
        id: 1,
        mood: "new",
        remoteConfigs: { anything: 1 },
        sourceProducts: [{ productId: "a", score: 1 }, { productId: "b", score: 2, nested: { deep: 1 } }]
      }
      yield* vendor.inject(Fault.Verbatim({ status: 200, body: JSON.stringify({ ok: true, data }) }))
      const drift = yield* doctor([...botsi, ...patience], env)
      assert.strictEqual(drift.find("contract").status, "warning")
      assert.deepStrictEqual(drift.find("contract").unknown, [
        "data.mood",
        "data.sourceProducts[].score",
        "data.sourceProducts[].nested"
      ])

      yield* vendor.clearFaults
      const broken = { id: 1, sourceProducts: [{ productId: "a" }, { productId: 7 }] }
      yield* vendor.inject(Fault.Verbatim({ status: 200, body: JSON.stringify({ ok: true, data: broken }) }))
      const lossy = yield* doctor([...botsi, ...patience], env)
      assert.match(lossy.find("contract").message, /left out data\.sourceProducts\[1\]\.productId/)
      assert.strictEqual(lossy.find("contract").status, "warning")
    }))

  it.live("the same of Corrily's, and nothing amiss in the example of its page", () =>
    Effect.gen(function*() {
      const { env, vendor } = yield* Vendors.corrily()
      const example = JSON.parse(readFileSync("test/fixtures/corrily/paywall-response.json", "utf8"))
      const [product] = example.products
      const answer = (members: object, root: object = {}) =>
        Fault.Verbatim({
          status: 200,
          body: JSON.stringify({ ...example, ...root, products: [{ ...product, interval: "month", ...members }] })
        })
      const features = [{ ...product.features[0], type: "boolean", rank: 1 }]
      yield* vendor.inject(answer({ features, price_usd: 9.99, "bait": 1 }, { region: "eu" }), { times: 1 })
      const drift = yield* doctor([...corrily, ...patience], env)
      assert.sameMembers([...drift.find("contract").unknown ?? []], [
        "region",
        "products[].features[].rank",
        "products[].bait"
      ])
      assert.match(drift.find("contract").message, /not read products\[\]\.price_usd/)

      yield* vendor.inject(answer({ features: [{ ...product.features[0], type: "boolean" }] }), { times: 1 })
      assert.strictEqual((yield* doctor([...corrily, ...patience], env)).find("contract").status, "ok")
    }))

  it.live("a paywall with nothing to sell", () =>
    Effect.gen(function*() {
      const { env } = yield* Vendors.corrily({ paywalls: [{ id: 1, products: [] }] })
      assert.match((yield* doctor([...corrily, ...patience], env)).find("contract").message, /nothing to sell/)
    }))

  it.live("what is wrong with the configuration, without asking anybody", () =>
    Effect.gen(function*() {
      const { env, vendor } = yield* Vendors.botsi()
      const cases: ReadonlyArray<readonly [ReadonlyArray<string>, Record<string, string>, RegExp]> = [
        [[], {}, /BOTSI_SECRET_KEY: It is not set.*CORRILY_API_KEY: It is not set/],
        [["--provider", "corrily"], env, /CORRILY_API_KEY: It is not set/],
        [[], { ...env, BOTSI_SECRET_KEY: "planted key\n" }, /BOTSI_SECRET_KEY: Expected a key/],
        [[], { ...env, BOTSI_BASE_URL: "http://planted@host" }, /BOTSI_BASE_URL: Expected an http/],
        [
          ["--bundle", "/dev/null"],
          { CORRILY_BASE_URL: "https://x.example" },
          /CORRILY_BASE_URL is set, but CORRILY_API_KEY is not/
        ]
      ]
      yield* Effect.forEach(cases, ([args, env, message]) =>
        Effect.map(doctor(args, env), ({ ok, stdout }) => {
          assert.isFalse(ok)
          assert.match(stdout, message)
          assert.notInclude(stdout, "planted")
        }), { concurrency: 2 })
      assert.deepStrictEqual(yield* vendor.requests, [])
    }))

  it.live("a bundle that would not help on the day", () =>
    Effect.gen(function*() {
      const write = yield* Priceport.files
      const now = Date.now()
      const at = (days: number) => new Date(now + days * 86_400_000).toISOString()
      const paywall = { provider: "botsi", id: "1", products: [{ id: "premium", offerIds: [], features: [] }] }
      const entry = { placement: "onboarding", paywall }
      const good = { version: 1, pulledAt: at(-1), expiresAt: at(30), paywalls: [entry] }
      const cases: ReadonlyArray<readonly [string, unknown, status: string, RegExp]> = [
        ["good", good, "ok", /1 paywalls? for "onboarding"/],
        [
          "stale",
          { ...good, pulledAt: at(-31), expiresAt: at(-1) },
          "failed",
          /Expired for "onboarding": it expired at/
        ],
        ["going-stale", { ...good, pulledAt: at(-29), expiresAt: at(1) }, "warning", /expires in/],
        ["old", { ...good, version: undefined }, "failed", /OldFormat/],
        ["new", { ...good, version: 2 }, "failed", /UnknownVersion/],
        [
          "unsellable",
          { ...good, paywalls: [{ ...entry, paywall: { ...paywall, products: [] } }] },
          "failed",
          /Unsellable/
        ],
        ["wrong-locale", { ...good, paywalls: [{ ...entry, locale: "fr" }] }, "failed", /NoDefault.*fr only/],
        ["no-locale", { ...good, paywalls: [{ ...entry, locale: "xx-?" }] }, "failed", /Malformed.*locale/],
        [
          "attributed",
          { ...good, paywalls: [{ ...entry, paywall: { ...paywall, attribution: {} } }] },
          "failed",
          /Attributed/
        ],
        [
          "elsewhere",
          { ...good, paywalls: [{ ...entry, placement: "settings" }] },
          "failed",
          /MissingPlacement for "onboarding"/
        ]
      ]
      yield* Effect.forEach(cases, ([name, json, status, message]) =>
        Effect.gen(function*() {
          const file = write(`${name}.json`, JSON.stringify(json))
          const { checks, find } = yield* doctor(["--bundle", file, "--placement", "onboarding"], {})
          assert.strictEqual(find("bundle").status, status, name)
          assert.match(find("bundle").message, message)
          assert.strictEqual(find("bundle").subject, file)
          assert.deepStrictEqual(checks.slice(0, 2).map(({ status }) => status), ["skipped", "skipped"])
          if (status === "failed") assert.include(find("bundle").remedy, "priceport fallback pull")
        }), { concurrency: 2 })

      const [unread, german] = yield* Effect.all([
        doctor(["--bundle", "nowhere.json"], {}),
        doctor(["--bundle", write("plain.json", JSON.stringify(good)), "--locale", "de"], {})
      ])
      assert.match(unread.find("bundle").message, /cannot be read \(NotFound\)/)
      assert.match(german.find("bundle").message, /wrong locale: nothing for onboarding in de/)
    }))

  it.live("flags it cannot read, with exit code 2", () =>
    Effect.gen(function*() {
      const { code, stderr, stdout } = yield* Priceport.run(["doctor", "--provider", "acme"])
      assert.deepStrictEqual([code, stdout], [2, ""])
      assert.include(stderr, "USAGE\n  priceport doctor")
    }))
})
