import { assert, describe, it } from "@effect/vitest"
import { WireSchema } from "@priceport/core"
import { Exit, Schema } from "effect"

const Answer = Schema.Struct({
  id: Schema.Int,
  name: Schema.optionalKey(Schema.NullOr(Schema.String)),
  items: Schema.optionalKey(Schema.Array(Schema.Struct({ id: Schema.String })))
})

const read = WireSchema.reader(Answer)

const failureOf = (body: unknown) => {
  const exit = read(body)
  const reason = Exit.isFailure(exit) ? exit.cause.reasons[0] : undefined
  return reason?._tag === "Fail" ? reason.error : undefined
}

describe("WireSchema.reader", () => {
  it("ignores unknown members, at every level", () => {
    for (
      const body of [{ id: 1, extra: true }, { id: 1, items: [{ id: "a", extra: { deep: 1 } }] }, { id: 1, name: null }]
    ) {
      assert.isTrue(Exit.isSuccess(read(body)))
    }
  })

  it.each([
    { body: undefined, path: "" },
    { body: null, path: "" },
    { body: [], path: "" },
    { body: {}, path: "id" },
    { body: { id: "1" }, path: "id" },
    { body: { id: 1.5 }, path: "id" },
    { body: { id: 2 ** 53 }, path: "id" },
    { body: { id: Infinity }, path: "id" },
    { body: { id: 1, name: 5 }, path: "name" },
    { body: { id: 1, items: {} }, path: "items" },
    { body: { id: 1, items: [{ id: "a" }, { id: 2 }] }, path: "items[1].id" },
    { body: { id: 1, items: [null] }, path: "items[0]" }
  ])("says where $body is wrong", ({ body, path }) => {
    assert.deepInclude(failureOf(body), { _tag: "InvalidResponse", path })
  })

  it("never repeats a value", () => {
    assert.notInclude(failureOf({ id: "a-secret-value" })?.message, "a-secret-value")
    assert.notInclude(failureOf({ id: 1, name: { deep: "a-secret-value" } })?.message, "a-secret-value")
  })
})

describe("WireSchema.check", () => {
  const strict = WireSchema.check(Answer, { unknownMembers: "refuse" })

  const loose = WireSchema.check(Answer, { unknownMembers: "ignore" })

  it("finds nothing in what fits", () => {
    assert.isUndefined(strict({ id: 1 }))
    assert.isUndefined(loose({ id: 1, extra: 1 }))
  })

  it("names an unknown member where it must not be", () => {
    assert.strictEqual(strict({ id: 1, extra: 1 })?.path, "extra")
    assert.strictEqual(strict({ id: 1, items: [{ id: "a", extra: 1 }] })?.path, "items[0].extra")
    assert.strictEqual(strict(JSON.parse(`{"id":1,"__proto__":{}}`))?.path, "__proto__")
  })
})
