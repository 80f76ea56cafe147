import type { Fault, Injection } from "./Fault.ts"

/** The faults that wait for requests, first in, first met. */
export interface FaultQueue {
  readonly add: (injection: Injection) => void
  readonly clear: () => void
  /** The fault for a request to this path, if there is one. */
  readonly take: (path: string) => Fault | undefined
}

/** A queue with these faults in it; `basePath` may be left out in an injection's path. */
export const make = (basePath: string, initial: ReadonlyArray<Injection>): FaultQueue => {
  const waiting: Array<{ readonly injection: Injection; left: number }> = []

  const add = (injection: Injection) => {
    waiting.push({ injection, left: injection.times ?? Infinity })
  }

  initial.forEach(add)

  return {
    add,
    clear: () => {
      waiting.length = 0
    },
    take: (path) => {
      const entry = waiting.find(({ injection, left }) =>
        left > 0 && (injection.path === undefined || injection.path === path || basePath + injection.path === path)
      )
      if (entry === undefined) {
        return undefined
      }
      entry.left -= 1
      return entry.injection.fault
    }
  }
}
