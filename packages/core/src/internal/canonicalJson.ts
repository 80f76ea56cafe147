import type * as Schema from "effect/Schema"

/** JSON whose text does not depend on the order of members, which a database may change (`jsonb` does). */
export const stringify = (value: Schema.Json): string =>
  JSON.stringify(value, (_, member: unknown) =>
    typeof member === "object" && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => a < b ? -1 : 1))
      : member)
