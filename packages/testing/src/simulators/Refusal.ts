/**
 * Why a simulator does not accept a request.
 *
 * The vendors document few refusals: a missing parameter (400), a bad key (401), an unknown resource (404). Everything
 * else that a page forbids or leaves out is refused with 422 and a code that starts with `SIMULATOR_`, so that nobody
 * takes it for the vendor's word.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"

/** A request that is not accepted, before a vendor's words are put round it. */
export class Refusal extends Data.TaggedError("Refusal")<{
  readonly status: number
  readonly code: string
  readonly message: string
}> {}

/** A parameter is missing: 400 on Botsi's page of status codes. */
export const missing = (message: string): Refusal => new Refusal({ status: 400, code: "MISSING_PARAMETER", message })

/** The resource is not there: 404 on Botsi's page of status codes. */
export const notFound = (message: string): Refusal => new Refusal({ status: 404, code: "NOT_FOUND", message })

/** Forbidden by a page, or absent from all of them, and no page says what the vendor answers. */
export const ours = (code: string, message: string): Refusal =>
  new Refusal({ status: 422, code: `SIMULATOR_${code}`, message })

/** Decodes a body strictly: every member known, required and of its type, or a refusal that names the field. */
export const decode = <S extends Schema.ConstraintDecoder<unknown>>(
  schema: S
): (body: unknown) => Effect.Effect<S["Type"], Refusal> => {
  const decodeBody = Schema.decodeUnknownEffect(schema, { errors: "all", onExcessProperty: "error" })
  return (body) => Effect.mapError(decodeBody(body), (error) => fromIssue(error.issue))
}

const fromIssue = (issue: SchemaIssue.Issue): Refusal => {
  const { issues } = format(issue)
  const message = issues.map(({ message, path }) => `${fieldOf(path ?? [])}: ${message}`).join("; ")
  if (issues.some((issue) => issue.message === isUnknown)) {
    return ours("UNKNOWN_FIELD", message)
  }
  return issues.some((issue) => issue.message === isMissing || issue.message === isEmpty)
    ? missing(message)
    : new Refusal({ status: 422, code: "INVALID_TYPE", message })
}

/** What a check for emptiness says. */
export const isEmpty = "must not be empty"

const isMissing = "is missing"

const isUnknown = "is not a field of this endpoint"

const format = SchemaIssue.makeFormatterStandardSchemaV1({
  leafHook: (issue) => {
    switch (issue._tag) {
      case "MissingKey":
        return isMissing
      case "UnexpectedKey":
        return isUnknown
      default:
        return SchemaIssue.defaultLeafHook(issue)
    }
  }
})

const fieldOf = (path: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }>): string =>
  path.length === 0
    ? "body"
    : path.map((segment) => typeof segment === "object" ? segment.key : segment)
      .map((key, index) => typeof key === "number" ? `[${key}]` : index === 0 ? String(key) : `.${String(key)}`)
      .join("")
