/** What is remembered by key. */
export interface BoundedMap<A> {
  readonly get: (key: string) => A | undefined
  readonly set: (key: string, value: A) => void
}

/** A map of so many entries at most: the one used least recently goes first. */
export const make = <A>(owner: string, maxEntries = 100_000): BoundedMap<A> => {
  if (!(maxEntries >= 1)) throw new RangeError(`${owner}: maxEntries must be at least 1, got ${maxEntries}`)
  const entries = new Map<string, A>()
  const set = (key: string, value: A) => {
    entries.delete(key)
    entries.set(key, value)
    if (entries.size > maxEntries) entries.delete(entries.keys().next().value!)
  }
  return {
    get: (key) => {
      const value = entries.get(key)
      if (value !== undefined) set(key, value)
      return value
    },
    set
  }
}
