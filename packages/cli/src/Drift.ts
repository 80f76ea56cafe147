/**
 * Where a vendor's answer holds more, or something else, than is read of it.
 */
import * as Predicate from "effect/Predicate"
import type * as Schema from "effect/Schema"

/**
 * What is known of a value: `kept` is handed on or ignored as it is, `text` must be one to be read, a list has items of
 * one shape, an object has these members.
 */
export type Shape = "kept" | "text" | { readonly items: Shape } | { readonly members: Readonly<Record<string, Shape>> }

/** The members of a schema's struct, kept as they are where nothing more is said: the schema itself is checked elsewhere. */
export const members = (
  struct: { readonly fields: Readonly<Record<string, Schema.Constraint>> },
  more: Readonly<Record<string, Shape>> = {}
): Shape => ({ members: { ...kept(...Object.keys(struct.fields)), ...more } })

/** Members that are kept as they are. */
export const kept = (...names: ReadonlyArray<string>): Readonly<Record<string, Shape>> =>
  Object.fromEntries(names.map((name) => [name, "kept"]))

/** Members that are read where they are texts. */
export const texts = (...names: ReadonlyArray<string>): Readonly<Record<string, Shape>> =>
  Object.fromEntries(names.map((name) => [name, "text"]))

/** What was found in an answer: paths, with `[]` for every item of a list. */
export interface Drift {
  readonly unknown: ReadonlyArray<string>
  readonly unread: ReadonlyArray<string>
}

/** Compares an answer with what is known of it. A value that is not there, or null, is none. */
export const of = (value: unknown, shape: Shape, root = ""): Drift => {
  const unknown = new Set<string>()
  const unread = new Set<string>()
  const visit = (value: unknown, shape: Shape, path: string): void => {
    if (value === null || value === undefined || shape === "kept") return
    if (shape === "text") {
      if (typeof value !== "string") unread.add(path)
    } else if ("items" in shape) {
      if (Array.isArray(value)) { for (const item of value) visit(item, shape.items, `${path}[]`) }
      else unread.add(path)
    } else if (!Predicate.isObject(value) || Array.isArray(value)) {
      unread.add(path)
    } else {
      for (const [name, member] of Object.entries(value)) {
        const at = path === "" ? name : `${path}.${name}`
        const known = Object.hasOwn(shape.members, name) ? shape.members[name] : undefined
        if (known === undefined) unknown.add(at)
        else visit(member, known, at)
      }
    }
  }
  visit(value, shape, root)
  return { unknown: Array.from(unknown), unread: Array.from(unread) }
}
