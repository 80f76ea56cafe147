import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as WireSchema from "../provider/WireSchema.ts"

/** Why a configuration of routers cannot be used: at which `path`, and what is wrong there. */
export class RoutingError extends Schema.TaggedError<RoutingError>()("RoutingError", {
  path: Schema.String,
  issue: Schema.String
}) {
  override get message(): string {
    return this.path === "" ? this.issue : `${this.path}: ${this.issue}`
  }

  /** The same error of a configuration that is part of a larger one. */
  within(path: string): RoutingError {
    return new RoutingError(WireSchema.under(path, this))
  }
}

/** Makes a check of a strict configuration: it gives back what it was given, or says what is wrong with it. */
export const checked = <S extends Schema.Constraint>(schema: S) => {
  const check = WireSchema.check(schema, { unknownMembers: "refuse" })
  return (value: unknown): Effect.Effect<S["Type"], RoutingError> =>
    Effect.suspend(() => {
      const violation = check(value)
      return violation === undefined ? Effect.succeed(value as S["Type"]) : Effect.fail(new RoutingError(violation))
    })
}
