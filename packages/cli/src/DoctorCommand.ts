/**
 * `priceport doctor`: what is wrong, before a customer finds out.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Checkup from "./Checkup.ts"
import { Command, Flag } from "./Cli.ts"
import * as Failure from "./Failure.ts"
import * as Output from "./Output.ts"
import * as Vendors from "./Vendors.ts"

const text = (name: string, metavar: string, description: string) =>
  Flag.String(name).pipe(Flag.withMetavar(metavar), Flag.withDescription(description), Flag.optional)

const flags = {
  provider: Flag.Literals("provider", Vendors.ids).pipe(
    Flag.withMetavar("VENDOR"),
    Flag.withDescription("The one vendor to check; every vendor whose key is set unless given"),
    Flag.optional
  ),
  placement: text("placement", "P", "A placement to ask for, and that the bundle must have; onboarding unless set"),
  bundle: text("bundle", "FILE", "A bundle that `priceport fallback pull` wrote"),
  locales: Flag.String("locale").pipe(
    Flag.withMetavar("LOCALE"),
    Flag.withDescription("A locale the bundle must have a paywall for; may be given several times"),
    Flag.atLeast(0)
  ),
  customer: text("customer", "ID", "Your own id of a test customer; one that nobody has unless set"),
  profileId: text("profile-id", "ID", "Botsi's id of a test customer"),
  timeout: Vendors.timeout("The most each vendor may take, such as \"2 seconds\"; 10 seconds unless set"),
  json: Output.json
}

export const command = Command.make(
  "doctor",
  flags,
  Effect.fnUntraced(function*(input) {
    const { bundle, locales, placement, provider } = input
    const asked = Option.match(provider, { onNone: () => Vendors.ids, onSome: (vendor) => [vendor] })
    const isAnySet = (yield* Effect.forEach(Vendors.ids, (vendor) => Vendors.isSet(Vendors.keyOf[vendor]))).includes(
      true
    )
    // Without a key and without a bundle there is nothing that could be well.
    const isNeeded = Option.isSome(provider) || (!isAnySet && Option.isNone(bundle))

    const DoctorVendor = yield* Effect.promise(() => import("./DoctorVendor.ts"))
    const question = { ...input, locale: locales[0] }
    const vendors = yield* Effect.forEach(asked, (vendor) => DoctorVendor.check(vendor, question, isNeeded), {
      concurrency: "unbounded"
    }).pipe(Effect.provide(Vendors.layerHttp))

    const bundles = Option.isNone(bundle) ? [] : [
      yield* Effect.flatMap(
        Effect.promise(() => import("./DoctorBundle.ts")),
        (_) => _.check(bundle.value, { placements: Option.toArray(placement), locales })
      )
    ]
    const checks = [...vendors.flat(), ...bundles]
    yield* Output.print(Checkup.report, input)(checks)
    if (!Checkup.isWell(checks)) return yield* Failure.failed
  })
).pipe(
  Command.withShortDescription("Check configuration, vendors and the bundled paywalls"),
  Command.withDescription(
    `Checks the configuration, whether each vendor answers, how fast, and with what this version understands, and whether
  a bundle could be used today. Reads only: nobody is enrolled and nothing is written at the vendor.

  Prints one line a check: ok, warning, failed, or skipped where there was nothing to look at. Exit code 0 only without
  warnings and failures. Botsi serves only customers it knows: name a test customer of yours to have its answer checked.`
  ),
  Command.withExamples([
    { command: "priceport doctor", description: "Check every vendor whose key is set" },
    {
      command: "priceport doctor --provider botsi --customer test-user --bundle fallback.json --json",
      description: "Check Botsi and a bundle before a release"
    }
  ])
)
