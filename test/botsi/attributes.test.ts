import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as FakeHttp from "../support/FakeHttp.ts"
import * as Fixtures from "../support/fixtures.ts"
import * as Botsi from "./Botsi.ts"

const fixture = (name: string) => FakeHttp.text(Fixtures.textOf(`botsi/${name}.json`))

const custom = { key: "user_level", value: "premium" }

describe("Botsi addAttribute", () => {
  it.effect("is the example of the guide", () =>
    Effect.gen(function*() {
      const { client, sent } = yield* Botsi.client(fixture("guide-add-attribute-response"))
      const stored = yield* client.addAttribute({ profileId: Botsi.profileId, custom })
      assert.strictEqual(sent[0]?.method, "POST")
      assert.strictEqual(sent[0]?.url, `${Botsi.base}/profiles/custom-attributes`)
      assert.strictEqual(sent[0]?.headers["authorization"], Botsi.key)
      assert.deepStrictEqual(sent[0]?.body, Fixtures.jsonOf("botsi/guide-add-attribute-request-curl.json"))
      assert.deepStrictEqual(stored, { id: "yFtuWhuj", key: "user_level", value: "premium" })
    }))

  it.effect("keeps keys and values as they are, an empty value too", () =>
    Effect.gen(function*() {
      const odd = { key: "ключ \"🎁\"/__proto__", value: "" }
      const { client, sent } = yield* Botsi.client(fixture("guide-add-attribute-response"))
      yield* client.addAttribute({ customerUserId: "user/123", custom: odd })
      assert.deepStrictEqual(sent[0]?.body, { customerUserId: "user/123", custom: odd })
    }))

  it.effect.each([
    { why: "a number as value", field: "custom.value", change: { custom: { key: "level", value: 3 } } },
    { why: "a boolean as value", field: "custom.value", change: { custom: { key: "vip", value: true } } },
    { why: "null as value", field: "custom.value", change: { custom: { key: "vip", value: null } } },
    { why: "no value", field: "custom.value", change: { custom: { key: "vip" } } },
    { why: "an empty key", field: "custom.key", change: { custom: { key: "", value: "x" } } },
    { why: "a list", field: "custom", change: { custom: [custom] } },
    { why: "no identity", field: "profileId", change: { profileId: undefined } },
    { why: "both identities", field: "profileId", change: { customerUserId: "u" } },
    { why: "an empty identity", field: "profileId", change: { profileId: "" } },
    { why: "an unknown member", field: "attrId", change: { attrId: "x" } }
  ])("refuses $why and names $field", ({ change, field }) =>
    Effect.gen(function*() {
      const { client, sent } = yield* Botsi.client(fixture("guide-add-attribute-response"))
      const error = yield* Effect.flip(client.addAttribute({ profileId: "p", custom, ...change } as never))
      assert.deepInclude(error.reason, { _tag: "InvalidRequest", field })
      assert.deepInclude(error, { provider: "botsi", operation: "addAttribute" })
      assert.isEmpty(sent)
    }))

  it.effect("is sent once, whatever happens", () =>
    Effect.gen(function*() {
      for (const reply of [FakeHttp.json({}, 503), FakeHttp.json({}, 429), FakeHttp.broken(new Error("reset"))]) {
        const { client, sent } = yield* Botsi.client(reply)
        yield* Effect.flip(client.addAttribute({ profileId: "p", custom }))
        assert.lengthOf(sent, 1)
      }
    }))

  it.effect.each([undefined, null, "x", 7])("refuses %o without a defect", (request) =>
    Effect.gen(function*() {
      const { client, sent } = yield* Botsi.client(Botsi.ok)
      for (
        const call of [
          () => client.addAttribute(request as never),
          () => client.updateAttribute(request as never),
          () => client.addAttributes(request as never),
          () => client.createProfile(request as never),
          () => client.getPaywall(request as never),
          () => client.validateAppStorePurchase(request as never),
          () => client.validatePlayStorePurchase(request as never)
        ]
      ) {
        const error = yield* Effect.flip(Effect.suspend((): Effect.Effect<unknown, { reason: object }> => call()))
        assert.deepInclude(error.reason, { _tag: "InvalidRequest" })
      }
      assert.isEmpty(sent)
    }))
})

describe("Botsi updateAttribute", () => {
  it.effect("is the example of the guide, a PUT with the attribute's id at the top", () =>
    Effect.gen(function*() {
      const { client, sent } = yield* Botsi.client(fixture("guide-update-attribute-response"))
      const stored = yield* client.updateAttribute({
        customerUserId: "user-123",
        attrId: "abc123",
        custom: { key: "user_level", value: "vip" }
      })
      assert.strictEqual(sent[0]?.method, "PUT")
      assert.strictEqual(sent[0]?.url, `${Botsi.base}/profiles/custom-attributes`)
      assert.deepStrictEqual(sent[0]?.body, Fixtures.jsonOf("botsi/guide-update-attribute-request-curl.json"))
      assert.deepStrictEqual(stored, { id: "abc123", key: "user_level", value: "vip" })
    }))

  it.effect("of an unknown attribute is NotFound", () =>
    Effect.gen(function*() {
      const { client } = yield* Botsi.client(
        FakeHttp.json({ error: "No such attribute abc123", code: "NOT_FOUND" }, 404)
      )
      const error = yield* Effect.flip(client.updateAttribute({ customerUserId: "user-123", attrId: "abc123", custom }))
      assert.deepInclude(error.reason, { _tag: "NotFound", status: 404, code: "NOT_FOUND" })
      assert.strictEqual(error.operation, "updateAttribute")
    }))

  it.effect.each([
    { why: "no attribute id", field: "attrId", change: { attrId: undefined } },
    { why: "the id inside", field: "custom.attrId", change: { custom: { ...custom, attrId: "x" } } },
    { why: "no key", field: "custom.key", change: { custom: { value: "x" } } }
  ])("refuses $why", ({ change, field }) =>
    Effect.gen(function*() {
      const { client, sent } = yield* Botsi.client(Botsi.ok)
      const request = { profileId: "p", attrId: "a", custom, ...change }
      const error = yield* Effect.flip(client.updateAttribute(request as never))
      assert.deepInclude(error.reason, { _tag: "InvalidRequest", field })
      assert.isEmpty(sent)
    }))
})

describe("Botsi addAttributes", () => {
  const wanted = [
    { key: "user_level", value: "premium" },
    { key: "subscription_type", value: "annual" },
    { key: "referral_source", value: "facebook" }
  ] as const

  const stored = [
    { id: "abc123", key: "user_level", value: "premium" },
    { id: "def456", key: "subscription_type", value: "annual" },
    { id: "ghi789", key: "referral_source", value: "facebook" }
  ]

  it.effect("is the example of the guide", () =>
    Effect.gen(function*() {
      const { client, sent } = yield* Botsi.client(fixture("guide-add-attributes-response"))
      const answer = yield* client.addAttributes({ customerUserId: "user-123", custom: wanted })
      assert.strictEqual(sent[0]?.method, "POST")
      assert.strictEqual(sent[0]?.url, `${Botsi.base}/profiles/custom-attributes-all`)
      const example = Fixtures.jsonOf("botsi/guide-add-attributes-request-curl.json")
      assert.deepStrictEqual(sent[0]?.body, example)
      assert.deepStrictEqual(answer, stored)
    }))

  it.effect("gives them back in the order of the request, whatever the answer's", () =>
    Effect.gen(function*() {
      const { client } = yield* Botsi.client(FakeHttp.json({ ok: true, data: stored.toReversed() }))
      assert.deepStrictEqual(yield* client.addAttributes({ customerUserId: "u", custom: wanted }), stored)
    }))

  it.effect.each([
    { why: "none at all", custom: [], field: "custom" },
    { why: "one alone", custom: { key: "a", value: "b" }, field: "custom" },
    { why: "a number among them", custom: [{ key: "a", value: "b" }, { key: "c", value: 3 }], field: "custom[1].value" }
  ])("refuses $why", ({ custom, field }) =>
    Effect.gen(function*() {
      const { client, sent } = yield* Botsi.client(Botsi.ok)
      const error = yield* Effect.flip(client.addAttributes({ customerUserId: "u", custom } as never))
      assert.strictEqual(error.reason._tag, "InvalidRequest")
      assert.isTrue((error.reason as { readonly field: string }).field.startsWith(field))
      assert.isEmpty(sent)
    }))

  it.effect("an answer that is no list cannot be read", () =>
    Effect.gen(function*() {
      const { client } = yield* Botsi.client(FakeHttp.json({ ok: true, data: stored[0] }))
      const error = yield* Effect.flip(client.addAttributes({ customerUserId: "u", custom: wanted }))
      assert.deepInclude(error.reason, { _tag: "InvalidResponse", path: "data" })
    }))
})
