/** The names of a store's tables and functions, quoted. */
export interface Tables {
  readonly schema: string
  readonly entries: string
  readonly queues: string
  readonly tally: string
  readonly notes: string
  readonly versions: string
  /** What gives entries their order, and leases their names. */
  readonly order: string
  readonly refresh: string
  readonly claim: string
  readonly settle: string
}

export const tables = (name: string): Tables => {
  const schema = quote(name)
  return {
    schema,
    entries: `${schema}.entries`,
    queues: `${schema}.queues`,
    tally: `${schema}.tally`,
    notes: `${schema}.notes`,
    versions: `${schema}.versions`,
    order: `'${schema.replaceAll("'", "''")}.entry_order'`,
    refresh: `${schema}.refresh`,
    claim: `${schema}.claim`,
    settle: `${schema}.settle`
  }
}

/**
 * A function's own settings. It reads a few rows by their keys or in the order of an index, out of however many there are.
 * The server plans by statistics that may be hours old, and keeps its plan: to be left no choice, the statements reach
 * entries only by the keys of a list, or row by row of a lateral list. `lane || ''` keeps a lookup from an index that knows no
 * customer, which looks as good on a table that was empty once; a plan that was made then may still read through the index of
 * `queues`, until the server has looked at it again. What is off looks dear to the planner where it cannot be avoided, and
 * would be compiled for that.
 */
export const byIndex =
  "set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off set enable_incremental_sort = off set jit = off"

const quote = (name: string) => `"${name.replaceAll("\"", "\"\"")}"`
