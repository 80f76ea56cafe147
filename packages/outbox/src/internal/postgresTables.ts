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

const quote = (name: string) => `"${name.replaceAll("\"", "\"\"")}"`
