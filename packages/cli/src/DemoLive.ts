/**
 * The demo at the real vendors: it only reads, for a customer nobody has, and enrols nobody.
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { chapter, tell, tellFailure } from "./DemoStage.ts"
import * as Failure from "./Failure.ts"
import * as Results from "./Results.ts"
import * as Style from "./Style.ts"
import * as Vendors from "./Vendors.ts"

const request = { placement: "onboarding", customer: { id: "priceport-demo", country: "US" }, enroll: false }

/** Asks every vendor whose key is set. Fails when none is, or when one does not answer. */
export const run = Effect.gen(function*() {
  const vendors = yield* Effect.filter(Vendors.ids, (vendor) => Vendors.isSet(Vendors.keyOf[vendor]))
  if (vendors.length === 0) {
    const keys = Object.values(Vendors.keyOf).join(" or ")
    return yield* Failure.tell(
      Failure.invalid("getPaywall", Vendors.keyOf.botsi, `No vendor has a key. Set ${keys}, or both`),
      { json: false }
    )
  }
  const answers = yield* Effect.forEach(vendors, ask)
  if (answers.includes(false)) return yield* Failure.failed
})

const ask = Effect.fnUntraced(function*(vendor: Vendors.VendorId) {
  yield* chapter(`${vendor}, live: reads for the customer ${request.customer.id}, enrols nobody, writes nothing`)
  const title = `paywall at ${request.placement}`
  return yield* Effect.flatMap(Vendors.provider(vendor, "getPaywall"), (_) => _.getPaywall(request)).pipe(
    Effect.matchEffect({
      onSuccess: (paywall) =>
        Effect.flatMap(
          Style.stdout,
          (style) => Effect.as(tell(style, title, Results.paywall.toText(style, paywall)), true)
        ),
      onFailure: (error) => {
        const isExpected = error.reason._tag === "NotFound"
        return tellFailure(title, error).pipe(
          Effect.andThen(
            isExpected
              ? Console.log(
                "\n  The key works: the vendor looked, and has no such customer or placement. None is made here."
              )
              : Effect.void
          ),
          Effect.as(isExpected)
        )
      }
    })
  )
})
