import * as Schema from "effect/Schema"

/**
 * A simulator could not start: the port is taken or is not one.
 *
 * @category errors
 * @since 0.1.0
 */
export class SimulatorError extends Schema.TaggedError<SimulatorError>()("SimulatorError", {
  /** The port that was asked for; 0 is "any free one". */
  port: Schema.Number,
  /** What the platform said, for example `listen EADDRINUSE: address already in use 127.0.0.1:8080`. */
  detail: Schema.String
}) {
  override get message(): string {
    return `The simulator cannot listen on port ${this.port} (${this.detail})`
  }
}
