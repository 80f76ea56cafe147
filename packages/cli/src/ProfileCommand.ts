/**
 * `priceport profile`: customers as Botsi keeps them.
 */
import type { CreateProfile, Profile } from "@priceport/botsi/BotsiSchema"
import * as Option from "effect/Option"
import { Command, Flag } from "./Cli.ts"
import * as Customers from "./Customers.ts"
import * as Output from "./Output.ts"
import { printable } from "./Style.ts"

const text = (name: string, metavar: string, description: string) =>
  Flag.String(name).pipe(Flag.withMetavar(metavar), Flag.withDescription(description))

const create = Command.make("create", {
  country: text("country", "C", "Required. Country, two letters (ISO 3166-1)"),
  device: text("device", "D", "Required. The device, such as \"iPhone 15\""),
  os: text("os", "O", "Required. The operating system and its version, such as \"iOS 17.0\""),
  platform: text(
    "platform",
    "P",
    "Required. android, ios, ipados, tvos, macos, watchos, visionos or stripe"
  ),
  appVersion: text("app-version", "V", "Required. The version of your app, such as 2.3.4"),
  customer: text("customer", "ID", "Your own id of the customer; recommended").pipe(Flag.optional),
  json: Output.json
}, (input) => {
  // The texts are what the user typed: the client judges them.
  const request = {
    country: input.country,
    device: input.device,
    os: input.os,
    platform: input.platform,
    appVersion: input.appVersion,
    ...Option.match(input.customer, { onNone: () => ({}), onSome: (customerUserId) => ({ customerUserId }) })
  } as CreateProfile
  return Customers.ask(input, "createProfile", profile, (client) => client.createProfile(request))
}).pipe(
  Command.withShortDescription("Create a customer at Botsi"),
  Command.withDescription(
    `Creates a customer's profile at Botsi and prints it, profileId first.

  What a second creation for the same customer does is not documented, so a failure is never repeated by itself.`
  ),
  Command.withExamples([{
    command:
      "priceport profile create --country US --device \"iPhone 15\" --os \"iOS 17.0\" --platform ios --app-version 2.3.4 --customer user-1",
    description: "Create the profile of one of your customers"
  }])
)

/** The whole profile goes to programs, since Botsi adds to it without notice; people get the ids and the state. */
const profile: Output.Kind<Profile> = {
  toJson: ({ profileId, ...rest }) => ({
    profileId,
    ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null))
  }),
  toText: (style, { profileId, ...rest }) =>
    [
      style.bold(printable(profileId)),
      ...["customerUserId", "state", "country", "platform"].flatMap((key) =>
        typeof rest[key] === "string" ? [printable(`${key}: ${rest[key]}`)] : []
      )
    ].join("\n")
}

export const command = Command.make("profile").pipe(
  Command.withShortDescription("Customers at Botsi"),
  Command.withDescription("Customers as Botsi keeps them. Corrily needs none."),
  Command.withSubcommands([create])
)
