/**
 * What the commands for Botsi's own customer records share.
 */
import type { BotsiClient } from "@priceport/botsi/BotsiClient"
import type * as PricingError from "@priceport/core/provider/PricingError"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { CliError, Flag } from "./Cli.ts"
import * as Failure from "./Failure.ts"
import * as Output from "./Output.ts"
import * as Vendors from "./Vendors.ts"

/** Exactly one of the two is needed; `validate` says so. */
export const flags = {
  profileId: Flag.String("profile-id").pipe(
    Flag.withMetavar("ID"),
    Flag.withDescription("Botsi's id of the customer, as `profile create` printed it"),
    Flag.optional
  ),
  customer: Flag.String("customer").pipe(
    Flag.withMetavar("ID"),
    Flag.withDescription("Your own id of the customer, in place of --profile-id"),
    Flag.optional
  )
}

/** What the two flags hold. */
export interface Customer {
  readonly profileId: Option.Option<string>
  readonly customer: Option.Option<string>
}

/** The rule of the command line: one of the two, not both. */
export const validate = ({ customer, profileId }: Customer): Effect.Effect<void, CliError.CliError> =>
  Option.isSome(customer) === Option.isSome(profileId)
    ? Effect.fail(new CliError.ValidationError({ message: "Exactly one of --profile-id and --customer is needed" }))
    : Effect.void

/** The customer as Botsi's requests name it. */
export const identity = ({ customer, profileId }: Customer) =>
  Option.isSome(profileId)
    ? { profileId: profileId.value }
    : { customerUserId: Option.getOrUndefined(customer) }

/** Asks Botsi's client and prints the answer. */
export const ask = <A>(
  input: { readonly json: boolean },
  operation: PricingError.Operation,
  kind: Output.Kind<A>,
  call: (client: BotsiClient["Service"]) => Effect.Effect<A, PricingError.PricingError>
) =>
  Vendors.botsiClient(operation).pipe(
    Effect.flatMap(call),
    Effect.provide(Vendors.layerHttp),
    Failure.telling(input),
    Effect.flatMap(Output.print(kind, input))
  )
