/** What is kept of a customer: times first and last, and numbers, so that nothing depends on the order of telling. */
import type { Kind } from "../Outcome.ts"

export interface AssignmentFact {
  readonly experiment: string
  readonly arm: string
  readonly firstAt: number
  readonly lastAt: number
  /** 1 where the arm was set by hand, once at least. */
  readonly overridden: number
}

/** Answers of one day. `source` is `none` where there was nothing to show; `standbyFor` is empty where nobody stood in. */
export interface ServeFact {
  readonly provider: string
  readonly source: string
  readonly standbyFor: string
  readonly treatment: number
  readonly firstAt: number
  readonly lastAt: number
  readonly n: number
  readonly slow: number
}

/** Reports of an exposure, of one day. `counted` is 0 for those that may not count. */
export interface ShowFact {
  readonly standbyFor: string
  readonly counted: number
  readonly firstAt: number
  readonly lastAt: number
  readonly n: number
}

export interface OutcomeFact {
  readonly id: string
  readonly kind: Kind
  readonly micros: number | null
  readonly currency: string | null
  readonly at: number
  readonly source: string
}

export interface Facts {
  readonly assignments: ReadonlyArray<AssignmentFact>
  readonly serves: ReadonlyArray<ServeFact>
  readonly shows: ReadonlyArray<ShowFact>
  readonly outcomes: ReadonlyArray<OutcomeFact>
}

/** What a plan says about rows: how many days before the assignment are looked at, in which currency. */
export interface Window {
  readonly covariateDays: number
  readonly currency: string
}
