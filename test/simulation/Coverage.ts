/** How often each thing happened that a run must have seen. */
export interface Coverage {
  readonly add: (name: string, times?: number) => void
  readonly of: (name: string) => number
  readonly table: () => ReadonlyArray<readonly [name: string, times: number]>
}

export const make = (): Coverage => {
  const times = new Map<string, number>()
  return {
    add: (name, more = 1) => void times.set(name, (times.get(name) ?? 0) + more),
    of: (name) => times.get(name) ?? 0,
    table: () => Array.from(times).toSorted(([a], [b]) => (a < b ? -1 : 1))
  }
}

/** What has not happened often enough, in words. */
export const missing = (coverage: Coverage, least: Readonly<Record<string, number>>): ReadonlyArray<string> =>
  Object.entries(least)
    .filter(([name, times]) => coverage.of(name) < times)
    .map(([name, times]) => `${name}: ${coverage.of(name)} times, of at least ${times}`)
