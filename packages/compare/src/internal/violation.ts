import type * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"

const format = SchemaIssue.makeFormatterStandardSchemaV1({
  leafHook: (issue) => issue._tag === "UnexpectedKey" ? "Unknown member" : SchemaIssue.defaultLeafHook(issue)
})

/** Where a value breaks its schema, and what was expected there. The value itself is never part of it. */
export const violation = (error: Schema.SchemaError): { readonly field: string; readonly issue: string } => {
  const [first] = format(error.issue).issues
  const path = (first?.path ?? []).map((segment) => String(typeof segment === "object" ? segment.key : segment))
  return { field: path.join("."), issue: first?.message ?? "cannot be read" }
}
