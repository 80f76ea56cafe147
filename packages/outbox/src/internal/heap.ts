/** A binary heap: the least key first, and of equal keys the one with the lower rank. */
export interface Heap<A> {
  readonly push: (key: number, rank: number, value: A) => void
  readonly peek: () => Node<A> | undefined
  readonly pop: () => Node<A> | undefined
  readonly nodes: ReadonlyArray<Node<A>>
}

export interface Node<A> {
  readonly key: number
  readonly rank: number
  readonly value: A
}

export const make = <A>(): Heap<A> => {
  const nodes: Array<Node<A>> = []

  const before = (a: number, b: number): boolean => {
    const [left, right] = [nodes[a]!, nodes[b]!]
    return left.key < right.key || left.key === right.key && left.rank < right.rank
  }

  const swap = (a: number, b: number): void => {
    const held = nodes[a]!
    nodes[a] = nodes[b]!
    nodes[b] = held
  }

  const up = (index: number): void => {
    for (let at = index; at > 0;) {
      const parent = at - 1 >> 1
      if (!before(at, parent)) return
      swap(at, parent)
      at = parent
    }
  }

  const down = (): void => {
    for (let at = 0;;) {
      const left = 2 * at + 1
      const right = left + 1
      let least = at
      if (left < nodes.length && before(left, least)) least = left
      if (right < nodes.length && before(right, least)) least = right
      if (least === at) return
      swap(at, least)
      at = least
    }
  }

  return {
    nodes,
    peek: () => nodes[0],
    push: (key, rank, value) => {
      nodes.push({ key, rank, value })
      up(nodes.length - 1)
    },
    pop: () => {
      const first = nodes[0]
      const last = nodes.pop()
      if (nodes.length > 0 && last !== undefined) {
        nodes[0] = last
        down()
      }
      return first
    }
  }
}
