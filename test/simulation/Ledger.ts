/** What the application has seen to be held, and what it has had forgotten. Times are milliseconds. */
export interface Ledger {
  /** Notes that these names are forgotten now, or, without a time, that they may be at any moment. */
  readonly forget: (names: ReadonlyArray<string>, now?: number) => void
  /** When one of these names was forgotten last. */
  readonly forgottenAt: (names: ReadonlyArray<string>) => number
  /** Grows whenever one of these names is forgotten, within a millisecond too. */
  readonly generation: (names: ReadonlyArray<string>) => number
  /** Notes that the stack holds an answer to this question, fetched at that time. */
  readonly hold: (digest: string, names: ReadonlyArray<string>, fetchedAt: number) => void
  /** When the newest answer that is certainly held was fetched. */
  readonly heldSince: (digest: string) => number | undefined
}

export const make = (): Ledger => {
  const forgotten = new Map<string, { at: number; generation: number }>()
  const held = new Map<string, { readonly names: ReadonlyArray<string>; readonly fetchedAt: number }>()
  const of = (name: string) => forgotten.get(name) ?? { at: -Infinity, generation: 0 }

  return {
    forget: (names, now) => {
      for (const name of names) {
        const { at, generation } = of(name)
        forgotten.set(name, { at: now ?? at, generation: generation + 1 })
      }
      for (const [digest, answer] of held) if (answer.names.some((name) => names.includes(name))) held.delete(digest)
    },
    forgottenAt: (names) => Math.max(-Infinity, ...names.map((name) => of(name).at)),
    generation: (names) => names.reduce((sum, name) => sum + of(name).generation, 0),
    hold: (digest, names, fetchedAt) => void held.set(digest, { names, fetchedAt }),
    heldSince: (digest) => held.get(digest)?.fetchedAt
  }
}
