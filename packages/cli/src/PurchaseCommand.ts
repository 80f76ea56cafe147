/**
 * `priceport purchase`: has a purchase of a store validated by the vendor that served the paywall.
 */
import * as AppStoreCommand from "./AppStoreCommand.ts"
import { Command } from "./Cli.ts"
import * as PlayStoreCommand from "./PlayStoreCommand.ts"

export const command = Command.make("purchase").pipe(
  Command.withShortDescription("Have a purchase validated"),
  Command.withDescription(
    `Has a purchase validated by the vendor that served the paywall, so that it is credited to it.

  Botsi validates purchases of both stores. Corrily validates none and answers Unsupported; nothing is sent then.`
  ),
  Command.withSubcommands([AppStoreCommand.command, PlayStoreCommand.command])
)
