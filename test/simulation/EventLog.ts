/** What happened in a world, line by line, and one number that stands for all of it. */
export interface EventLog {
  readonly add: (line: string) => void
  readonly last: (count: number) => ReadonlyArray<string>
  readonly hash: () => string
}

export const make = (): EventLog => {
  const lines: Array<string> = []
  return {
    add: (line) => void lines.push(line),
    last: (count) => lines.slice(-count),
    hash: () => {
      // FNV-1a, 32 bits.
      let hash = 0x811c9dc5
      for (const line of lines) {
        for (let index = 0; index < line.length; index++) {
          hash = Math.imul(hash ^ line.charCodeAt(index), 0x01000193)
        }
        hash = Math.imul(hash ^ 10, 0x01000193)
      }
      return `${lines.length} lines, ${(hash >>> 0).toString(16).padStart(8, "0")}`
    }
  }
}
