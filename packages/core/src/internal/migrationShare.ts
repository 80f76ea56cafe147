/** From which position up to which one, of the 10,000 that `Assignment.hash` has; the end is not part of it. */
export type Span = readonly [from: number, to: number]

/**
 * Who is where: the positions with the new vendor, in the order in which they came; those who were moved there and back;
 * and the first one that never was.
 */
export interface Share {
  readonly moved: ReadonlyArray<Span>
  readonly returned: ReadonlyArray<Span>
  readonly untouched: number
}

export const positions = 10_000

export const nobody: Share = { moved: [], returned: [], untouched: 0 }

/** Everybody, those who were moved back included. */
export const everybody: Share = { moved: [[0, positions]], returned: [], untouched: positions }

export const sizeOf = (spans: ReadonlyArray<Span>): number => spans.reduce((sum, [from, to]) => sum + to - from, 0)

export const has = (spans: ReadonlyArray<Span>, position: number): boolean =>
  spans.some(([from, to]) => position >= from && position < to)

/**
 * So many positions with the new vendor. Further ones are taken from those who never were there, as far as there are any;
 * too many go back, the last ones first. So nobody goes there twice, and nobody goes back twice.
 */
export const resize = (share: Share, size: number): Share => {
  const missing = size - sizeOf(share.moved)
  if (missing === 0) return share
  if (missing > 0) {
    const end = Math.min(positions, share.untouched + missing)
    return { ...share, moved: joined(share.moved, [share.untouched, end]), untouched: end }
  }
  const moved: Array<Span> = []
  const returned: Array<Span> = []
  let room = size
  for (const [from, to] of share.moved) {
    const middle = Math.min(to, from + room)
    if (middle > from) moved.push([from, middle])
    if (to > middle) returned.push([middle, to])
    room -= middle - from
  }
  return { ...share, moved, returned: [...share.returned, ...returned] }
}

const joined = (spans: ReadonlyArray<Span>, [from, to]: Span): ReadonlyArray<Span> => {
  const last = spans.at(-1)
  if (to <= from) return spans
  return last?.[1] === from ? [...spans.slice(0, -1), [last[0], to]] : [...spans, [from, to]]
}
