import * as BigDecimal from "effect/BigDecimal"

/**
 * About how many bytes of memory a plain value takes: 2 a character, 8 a number, 24 a text and 40 an object or an array,
 * with 16 a member. Shared texts and objects count each time, so it rather says too much.
 *
 * Walks without recursion: a vendor may nest its own JSON as deep as it likes.
 */
export const sizeOf = (root: unknown): number => {
  const left: Array<unknown> = [root]
  let bytes = 0
  while (left.length > 0) {
    const value = left.pop()
    if (typeof value === "string") bytes += 24 + 2 * value.length
    else if (typeof value !== "object" || value === null) bytes += 8
    // One that was compared or printed refers to itself, so it is no tree to walk.
    else if (BigDecimal.isBigDecimal(value)) bytes += 96 + value.value.toString(16).length
    else {
      bytes += 40
      const members: ReadonlyArray<unknown> = Array.isArray(value) ? value : Object.values(value)
      bytes += 16 * members.length
      for (const member of members) left.push(member)
    }
  }
  return bytes
}
