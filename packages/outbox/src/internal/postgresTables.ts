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
 * A function's own settings. It reads a few rows by their keys, out of however many there are: a plan that the server makes of
 * old statistics, which reads and sorts them all, is never the better one.
 */
export const byIndex =
  "set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off"

const quote = (name: string) => `"${name.replaceAll("\"", "\"\"")}"`
