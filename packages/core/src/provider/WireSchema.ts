/**
 * Reads vendors' answers and applications' values with compiled schemas.
 *
 * Schemas are compiled to plain functions on first use where the platform allows it, and interpreted where it does not,
 * as under a strict content security policy. What is wrong is said without repeating the value.
 *
 * @since 0.1.0
 */
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import * as SchemaJITCompiler from "effect/schema/SchemaJITCompiler"
import * as SchemaIssue from "effect/SchemaIssue"
import { InvalidResponse } from "./PricingError.ts"

/**
 * Where a value breaks its schema, and what was expected there. The value itself is never part of it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Violation {
  readonly path: string
  readonly issue: string
}

/**
 * Makes a check of the schema's own type. With `unknownMembers: "refuse"` a member that the schema does not have is a
 * violation too.
 *
 * @category constructors
 * @since 0.1.0
 */
export const check = <S extends Schema.Constraint>(
  schema: S,
  options: { readonly unknownMembers: "refuse" | "ignore" }
): (value: unknown) => Violation | undefined => {
  const type = compiled(schema)
  const decode = Schema.decodeUnknownExit(type, {
    onExcessProperty: options.unknownMembers === "refuse" ? "error" : "ignore"
  })
  return (value) => {
    const exit = decode(value)
    return Exit.isSuccess(exit) ? undefined : violation(exit)
  }
}

/**
 * Makes a reader of a vendor's answer. It gives back the very value it was given, unknown members and all, once all that
 * the schema names is right; anything amiss is an `InvalidResponse` that says where. The schema transforms nothing.
 *
 * @category constructors
 * @since 0.1.0
 */
export const reader = <S extends Schema.Constraint>(
  schema: S
): (body: unknown) => Exit.Exit<S["Type"], InvalidResponse> => {
  const type = compiled(schema)
  const conforms = Schema.is(type)
  const decode = Schema.decodeUnknownExit(type)
  return (body) => {
    if (conforms(body)) return Exit.succeed(body)
    const exit = decode(body)
    const { issue, path } = Exit.isSuccess(exit) ? { issue: "cannot be read", path: "" } : violation(exit)
    return Exit.fail(new InvalidResponse({ path, detail: issue }))
  }
}

/**
 * What a reader found wrong, as a violation.
 *
 * @category conversions
 * @since 0.1.0
 */
export const violationOf = (exit: Exit.Failure<unknown, InvalidResponse>): Violation => {
  const reason = exit.cause.reasons[0]
  return reason?._tag === "Fail"
    ? { path: reason.error.path, issue: reason.error.detail }
    : { path: "", issue: "cannot be read" }
}

const compiled = <S extends Schema.Constraint>(schema: S): Schema.Codec<S["Type"]> => {
  const type = Schema.toType(schema) as unknown as Schema.Codec<S["Type"]>
  SchemaJITCompiler.enable(type.ast)
  return type
}

const format = SchemaIssue.makeFormatterStandardSchemaV1({
  leafHook: (issue) => issue._tag === "UnexpectedKey" ? "Unknown member" : SchemaIssue.defaultLeafHook(issue)
})

const violation = (exit: Exit.Failure<unknown, Schema.SchemaError>): Violation => {
  const reason = exit.cause.reasons[0]
  const first = reason?._tag === "Fail" ? format(reason.error.issue).issues[0] : undefined
  return {
    path: join((first?.path ?? []).map((segment) => typeof segment === "object" ? segment.key : segment)),
    issue: first?.message ?? "cannot be read"
  }
}

/**
 * A violation of a value that is itself part of a larger one, under `path`.
 *
 * @category combinators
 * @since 0.1.0
 */
export const under = (path: string, inner: Violation): Violation => ({
  path: inner.path === "" ? path : inner.path.startsWith("[") ? `${path}${inner.path}` : `${path}.${inner.path}`,
  issue: inner.issue
})

const join = (path: ReadonlyArray<PropertyKey>): string =>
  path.reduce<string>(
    (text, key) => typeof key === "number" ? `${text}[${key}]` : text === "" ? String(key) : `${text}.${String(key)}`,
    ""
  )
