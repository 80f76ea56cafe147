/**
 * The vendors on loopback: `BotsiSimulator` and `CorrilySimulator`, and the faults they can be given.
 *
 * @since 0.1.0
 */

/** Botsi's web-api. */
export * as BotsiSimulator from "./simulators/BotsiSimulator.ts"

/** Corrily's `/v1/paywall`. */
export * as CorrilySimulator from "./simulators/CorrilySimulator.ts"

/** What can go wrong, on demand. */
export * as Fault from "./simulators/Fault.ts"

export type {
  /** One request as a simulator received it. */
  RecordedRequest
} from "./simulators/RecordedRequest.ts"

export type {
  /** What a test can ask of either simulator. */
  Simulator
} from "./simulators/Simulator.ts"

export {
  /** A simulator could not start. */
  SimulatorError
} from "./simulators/SimulatorError.ts"
