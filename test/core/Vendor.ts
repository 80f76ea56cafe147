import { VendorClient } from "@priceport/core"
import { Effect, Exit, Redacted } from "effect"
import * as FakeHttp from "../support/FakeHttp.ts"

export const key = "sk_live.a-b/c+d=$^"

export const id = "0072102a-c00c-4ea5-9271-1b6e975f2d63"

/** A vendor whose error bodies are `{ status?, code?, detail? }`. */
const refusal: VendorClient.Options["refusal"] = (body) =>
  typeof body === "object" && body !== null && "detail" in body ? body as VendorClient.Refusal : undefined

/** A call that answers with the parsed body. */
export const call: VendorClient.Call<unknown> = {
  operation: "getPaywall",
  method: "POST",
  path: "/paywalls",
  body: { customer: id },
  ids: [id],
  decode: Exit.succeed
}

export const make = (fake: FakeHttp.FakeHttp, options: Partial<VendorClient.Options> = {}) =>
  VendorClient.make({
    provider: "acme",
    baseUrl: "https://acme.test/api",
    key: Redacted.make(key),
    keyHeader: "x-api-key",
    refusal,
    ...options
  }).pipe(Effect.provide(fake.layer))

/** Makes one call to a vendor that replies so. */
export const answer = (reply: FakeHttp.Reply, overrides: Partial<VendorClient.Call<unknown>> = {}) =>
  Effect.flatMap(Effect.orDie(make(FakeHttp.make(reply))), (vendor) => vendor.call({ ...call, ...overrides }))

/** The reason one call to a vendor that replies so fails with. */
export const reason = (reply: FakeHttp.Reply, overrides: Partial<VendorClient.Call<unknown>> = {}) =>
  Effect.map(Effect.flip(answer(reply, overrides)), (error) => error.reason)
