/** Numbers that look random and are the same each time. */
export interface Random {
  /** A whole number from 0 up to, and without, a limit. */
  readonly below: (limit: number) => number
  /** Weights in hundredths that add up to 1. */
  readonly weights: (count: number) => ReadonlyArray<number>
  /** A text of one to twelve characters, some of them rare. */
  readonly text: () => string
}

/** The generator mulberry32, from a seed. */
export const make = (seed: number): Random => {
  let state = seed
  const below = (limit: number) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit)
  }
  return {
    below,
    weights: (count) => {
      const cuts = Array.from({ length: count - 1 }, () => below(101)).toSorted((a, b) => a - b)
      return [...cuts, 100].map((cut, index) => (cut - (cuts[index - 1] ?? 0)) / 100)
    },
    text: () => Array.from({ length: 1 + below(12) }, () => alphabet[below(alphabet.length)]).join("")
  }
}

const alphabet = Array.from("abcdefghijklmnopqrstuvwxyz0123456789-_:. @äß中💶")
