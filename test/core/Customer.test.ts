import { assert, describe, it } from "@effect/vitest"
import { Customer, Identifier } from "@priceport/core"
import { Schema } from "effect"

const isCustomer = Schema.is(Customer.Customer)

describe("Customer", () => {
  it.each([
    "1.2.3.4",
    "255.255.255.255",
    "2001:db8::7",
    "::1",
    "::ffff:192.0.2.1",
    "2001:0db8:85a3:0000:0000:8a2e:0370:7334",
    // As Corrily's iOS SDK writes the random id it sends as an address: upper case, groups not padded.
    "1A2B:3C:D4E5:F:60:7:89AB:CD"
  ])("takes the address %s", (ip) => {
    assert.isTrue(isCustomer({ ip }))
  })

  it.each([
    "300.1.1.1",
    "1.2.3",
    "1.2.3.4.5",
    "localhost",
    "",
    "fe80::1%eth0",
    "1.2.3.4/24",
    "[::1]",
    " 1.2.3.4",
    ":::",
    null
  ])(
    "refuses the address %o",
    (ip) => {
      assert.isFalse(isCustomer({ ip }))
    }
  )

  it.each(["US", "de", "gB"])("takes the country %s", (country) => {
    assert.isTrue(isCustomer({ country, storeCountry: country }))
  })

  it.each(["USA", "U", "", "U1", "ÄÖ", "US ", "US\n", null, 49])("refuses the country %o", (country) => {
    assert.isFalse(isCustomer({ country }))
    assert.isFalse(isCustomer({ storeCountry: country }))
  })

  it.each(["android", "ios", "ipados", "tvos", "macos", "watchos", "visionos", "stripe"])(
    "takes the platform %s",
    (platform) => {
      assert.isTrue(isCustomer({ platform }))
    }
  )

  it.each(["iOS", "web", "Android", "", null])("refuses the platform %o", (platform) => {
    assert.isFalse(isCustomer({ platform }))
  })

  it.each(["app_store", "play_store", "stripe"])("takes the store %s", (store) => {
    assert.isTrue(isCustomer({ store }))
  })

  it.each(["play-store", "apple", "", null])("refuses the store %o", (store) => {
    assert.isFalse(isCustomer({ store }))
  })

  it.each(["en", "en-US", "en_GB", "zh-Hant-TW", "whatever"])("takes the locale %s as it is", (locale) => {
    assert.isTrue(isCustomer({ locale }))
  })

  it.each([
    { why: "a number", attributes: { level: 3 } },
    { why: "a boolean", attributes: { vip: true } },
    { why: "null", attributes: { vip: null } },
    { why: "a list", attributes: { tags: ["a"] } },
    { why: "an object", attributes: { nested: { a: "b" } } }
  ])("refuses $why as an attribute", ({ attributes }) => {
    assert.isFalse(isCustomer({ attributes }))
  })

  it("takes any text as an attribute, under any key", () => {
    assert.isTrue(isCustomer({ attributes: { "": "", "ключ 🎁": "a\nb", constructor: "x", toString: "y" } }))
    assert.isTrue(isCustomer(JSON.parse(`{"attributes":{"__proto__":"x"}}`)))
  })

  it("refuses an empty id, which no vendor can tell from another", () => {
    assert.isFalse(isCustomer({ id: "" }))
    assert.isFalse(isCustomer({ profiles: { botsi: "" } }))
  })
})

describe("Identifier", () => {
  it.each(["botsi", "botsi-eu", "Botsi.2", "b_1", "0", "a".repeat(64), "constructor"])("%s names a provider", (id) => {
    assert.isTrue(Schema.is(Identifier.ProviderId)(id))
  })

  it.each(["", "-botsi", "_x", ".x", "a b", "a/b", "é", "__proto__", "a".repeat(65), "botsi\n", null])(
    "%o names none",
    (id) => {
      assert.isFalse(Schema.is(Identifier.ProviderId)(id))
    }
  )

  it.each(["onboarding", "a/b c", "日本", "__proto__", "x".repeat(5_000)])("%s is a placement", (placement) => {
    assert.isTrue(Schema.is(Identifier.PlacementId)(placement))
  })

  it.each(["2026-03-01T12:00:00.000Z", "2026-03-01T12:00:00Z"])("%s is an instant", (instant) => {
    assert.isTrue(Schema.is(Identifier.Timestamp)(instant))
  })

  it.each(["2026-03-01", "2026-03-01T12:00:00+01:00", "2026-03-01 12:00:00Z", "now", "", 0])(
    "%o is no instant",
    (instant) => {
      assert.isFalse(Schema.is(Identifier.Timestamp)(instant))
    }
  )
})
