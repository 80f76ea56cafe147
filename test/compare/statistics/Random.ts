/** Seeded draws: the same seed gives the same world, on every machine. */
export interface Random {
  /** In (0, 1). */
  readonly uniform: () => number
  readonly normal: () => number
  /** How many of `n` customers did what each does with chance `p`: exact, by the gaps between those who did. */
  readonly count: (n: number, p: number) => number
  /** A copy in another order. */
  readonly shuffle: <A>(items: ReadonlyArray<A>) => ReadonlyArray<A>
}

export const seeded = (seed: number): Random => {
  let [a, b, c, d] = [seed | 0, 0x9e3779b9, 0x243f6a88, 1]
  // sfc32
  const next = (): number => {
    const sum = (a + b | 0) + d | 0
    d = d + 1 | 0
    a = b ^ b >>> 9
    b = c + (c << 3) | 0
    c = (c << 21 | c >>> 11) + sum | 0
    return sum >>> 0
  }
  for (let index = 0; index < 16; index++) next()
  const uniform = (): number => (next() + 0.5) / 4_294_967_296
  const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
  const rare = (n: number, p: number): number => {
    const scale = 1 / Math.log1p(-p)
    let at = -1
    for (let count = 0;; count++) {
      at += 1 + Math.floor(Math.log(uniform()) * scale)
      if (at >= n) return count
    }
  }
  return {
    uniform,
    normal,
    count: (n, p) => p > 0.5 ? n - rare(n, 1 - p) : rare(n, p),
    shuffle: (items) => {
      const copy = Array.from(items)
      for (let last = copy.length - 1; last > 0; last--) {
        const other = Math.floor(uniform() * (last + 1))
        const kept = copy[last]!
        copy[last] = copy[other]!
        copy[other] = kept
      }
      return copy
    }
  }
}
