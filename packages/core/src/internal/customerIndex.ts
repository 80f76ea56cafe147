/** Finds what belongs to a customer, by any of the names in `CacheKey.identities`. */
export interface Owned {
  readonly identities: ReadonlyArray<string>
}

/** What is held for customers, by name. */
export interface CustomerIndex<A extends Owned> {
  readonly add: (item: A) => void
  readonly remove: (item: A) => void
  readonly find: (identities: ReadonlyArray<string>) => ReadonlySet<A>
}

/** An empty index. */
export const make = <A extends Owned>(): CustomerIndex<A> => {
  const byName = new Map<string, Set<A>>()
  return {
    add: (item) => {
      for (const name of item.identities) {
        const items = byName.get(name)
        if (items === undefined) byName.set(name, new Set([item]))
        else items.add(item)
      }
    },
    remove: (item) => {
      for (const name of item.identities) {
        const items = byName.get(name)
        if (items?.delete(item) && items.size === 0) byName.delete(name)
      }
    },
    find: (identities) => new Set(identities.flatMap((name) => Array.from(byName.get(name) ?? [])))
  }
}
