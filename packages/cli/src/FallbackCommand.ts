/**
 * `priceport fallback`: the paywalls that ship with an application.
 */
import type * as FallbackBundle from "@priceport/core/resilience/FallbackBundle"
import * as Console from "effect/Console"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as BundleFile from "./BundleFile.ts"
import type { Pulled } from "./BundlePull.ts"
import { Command, Flag } from "./Cli.ts"
import * as Failure from "./Failure.ts"
import * as Output from "./Output.ts"
import * as Style from "./Style.ts"
import * as Syntax from "./Syntax.ts"
import * as Table from "./Table.ts"
import * as Vendors from "./Vendors.ts"

const fact = (name: string, metavar: string, description: string) =>
  Flag.String(name).pipe(Flag.withMetavar(metavar), Flag.withDescription(description), Flag.optional)

const isLifetime = (duration: Duration.Duration) => Duration.isFinite(duration) && Duration.toMillis(duration) > 0

const flags = {
  provider: Flag.Literals("provider", Vendors.ids).pipe(
    Flag.withMetavar("VENDOR"),
    Flag.withDescription("Required. The vendor to ask")
  ),
  placements: Flag.String("placement").pipe(
    Flag.withMetavar("P"),
    Flag.withDescription("Required. A placement to bundle; may be given several times"),
    Flag.atLeast(1)
  ),
  locales: Flag.String("locale").pipe(
    Flag.withMetavar("LOCALE"),
    Flag.withDescription("A locale to bundle beside the default, such as de or pt-BR; may be given several times"),
    Flag.atLeast(0)
  ),
  expires: Flag.String("expires").pipe(
    Flag.withMetavar("DURATION"),
    Flag.withDescription("How long the bundle may be loaded; \"30 days\" unless set"),
    Flag.filterMap((text) => Option.filter(Syntax.duration(text), isLifetime), () => "a duration such as \"30 days\""),
    Flag.withDefault(Duration.days(30))
  ),
  output: Flag.String("output").pipe(
    Flag.withMetavar("FILE|-"),
    Flag.withDescription("Where to write the bundle; an existing file is replaced; standard output unless set"),
    Flag.withDefault("-")
  ),
  customer: fact("customer", "ID", "Your own id of a test customer; one that nobody has unless set"),
  profileId: fact("profile-id", "ID", "Botsi's id of a test customer"),
  country: fact("country", "CC", "Country to bundle the prices of, two letters (ISO 3166-1)"),
  currency: fact("currency", "CUR", "Currency to ask for, three letters (ISO 4217)"),
  timeout: Vendors.timeout("The most each answer may take, such as \"10 seconds\"; 3 seconds unless set"),
  json: Output.json
}

const pull = Command.make(
  "pull",
  flags,
  Effect.fnUntraced(function*(input) {
    const { output, provider } = input
    const file = output === "-" ? "fallback.json" : output
    const { pull } = yield* Effect.promise(() => import("./BundlePull.ts"))
    const pulled = yield* Vendors.provider(provider, "getPaywall").pipe(
      Effect.flatMap((vendor) => pull(vendor, { ...input, placements: input.placements as [string], file })),
      Effect.provide(Vendors.layerHttp),
      Failure.telling(input)
    )
    const { toText } = yield* Effect.promise(() => import("@priceport/core/resilience/FallbackBundle"))
    const text = toText(pulled.bundle.contents)
    if (output === "-") {
      yield* Console.log(input.json ? JSON.stringify(JSON.parse(text)) : text.trimEnd())
      if (!input.json) yield* warn(pulled)
    } else {
      yield* Failure.telling(input)(BundleFile.replace(file, text))
      yield* Output.print(written, input)(pulled)
    }
  })
).pipe(
  Command.withShortDescription("Write the file of bundled paywalls from live answers"),
  Command.withDescription(
    `Asks a vendor for each placement, as it is and in each locale, and writes what an application shows when no vendor
  answers. Nobody is enrolled and nothing is written at the vendor. The file holds no attribution and no customer.

  Botsi serves only customers it knows: name a test customer of yours with --customer or --profile-id.`
  ),
  Command.withExamples([
    {
      command:
        "priceport fallback pull --provider botsi --placement onboarding --customer test-user --output fallback.json",
      description: "Bundle one placement of Botsi"
    },
    {
      command:
        "priceport fallback pull --provider corrily --placement plans --locale de --country DE --expires \"90 days\"",
      description: "Print a bundle of Corrily with German prices that lasts for a season"
    }
  ])
)

const warn = ({ warnings }: Pulled) =>
  Effect.flatMap(
    Style.stderr,
    (style) =>
      Effect.forEach(warnings, (warning) => Console.error(style.yellow(Style.printable(warning))), { discard: true })
  )

type Entry = FallbackBundle.Contents["paywalls"][number]

const columns: ReadonlyArray<Table.Column<Entry>> = [
  { head: "Placement", cell: ({ placement }) => placement },
  { head: "Locale", cell: ({ locale }) => locale ?? "default" },
  { head: "Paywall", cell: ({ paywall }) => paywall.name ?? paywall.externalId ?? paywall.id },
  { head: "Products", cell: ({ paywall }) => paywall.products.map(({ id }) => id).join(", ") }
]

const written: Output.Kind<Pulled> = {
  toJson: ({ bundle: { contents, file }, warnings }) => ({
    file,
    pulledAt: contents.pulledAt,
    expiresAt: contents.expiresAt,
    paywalls: contents.paywalls.map(({ locale, paywall, placement }) => ({
      placement,
      ...(locale !== undefined && { locale }),
      provider: paywall.provider,
      id: paywall.id,
      products: paywall.products.map(({ id }) => id)
    })),
    warnings
  }),
  toText: (style, { bundle: { contents, file }, warnings }) =>
    [
      `${style.green("Written")}: ${Style.printable(file)}, to be used until ${contents.expiresAt}`,
      "",
      Table.render(style, contents.paywalls, columns),
      ...warnings.map((warning) => style.yellow(Style.printable(warning)))
    ].join("\n")
}

export const command = Command.make("fallback").pipe(
  Command.withShortDescription("Paywalls that ship with an application"),
  Command.withDescription("Paywalls that an application shows when no vendor answers."),
  Command.withSubcommands([pull])
)
