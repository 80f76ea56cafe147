/**
 * The parts of Effect that the command is built from and that Effect does not call stable yet: they enter here and nowhere
 * else.
 */
export * as Argument from "effect/cli/Argument"
export * as CliConfig from "effect/cli/CliConfig"
export * as CliError from "effect/cli/CliError"
export * as CliOutput from "effect/cli/CliOutput"
export * as Command from "effect/cli/Command"
export * as Flag from "effect/cli/Flag"
export * as GlobalFlag from "effect/cli/GlobalFlag"
export * as TerminalCapabilities from "effect/cli/TerminalCapabilities"
export * as FileSystem from "effect/FileSystem"
export * as Path from "effect/Path"
export * as Stdio from "effect/Stdio"
