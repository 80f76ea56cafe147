/** Works on the customers of a batch: fetches what is known of them, has it worked on, brings it back. */
import * as Effect from "effect/Effect"
import * as Database from "./postgresLedgerDatabase.ts"
import * as Workbench from "./postgresWorkbench.ts"

/** The tables whose rows belong to a customer. */
const personal = ["assignments", "serves", "shows", "outcomes", "customers"]

export const anyOf = (column: string): string => `${column} in (select json_array_elements_text($1::json))`

export const make = (database: Database.Database, schema: string, slowMs: number) => {
  const of = (table: string, condition: string, ...parameters: ReadonlyArray<string>) =>
    database.rows<Workbench.Json>(`select * from ${schema}.${table} where ${condition}`, parameters)

  /** Has the customers behind these names worked on, alone. */
  const working = <A>(
    operation: string,
    names: ReadonlyArray<string>,
    keys: ReadonlyArray<string>,
    work: (bench: Workbench.Workbench) => A
  ) =>
    Effect.gen(function*() {
      const bench = yield* Workbench.make(slowMs)
      const direct = yield* of("names", anyOf("name"), JSON.stringify(names))
      const units = JSON.stringify(Array.from(new Set([...names, ...direct.map(({ unit }) => String(unit))])))
      bench.put("names", direct)
      bench.put("names", yield* of("names", anyOf("unit"), units))
      bench.put("plans", yield* of("plans", "true"))
      bench.put("vendor_sets", yield* of("vendor_sets", "true"))
      for (const table of personal) bench.put(table, yield* of(table, anyOf("unit"), units))
      if (keys.length > 0) bench.put("outcomes", yield* of("outcomes", anyOf("id"), JSON.stringify(keys)))

      const result = work(bench)

      const own = new Set(JSON.parse(units) as ReadonlyArray<string>)
      yield* database.insert(
        "names",
        bench.all("names"),
        "on conflict (name) do update set unit = excluded.unit, at = excluded.at, shared = excluded.shared"
      )
      yield* database.insert("vendor_sets", bench.all("vendor_sets"), "on conflict do nothing")
      for (const table of personal) {
        yield* database.run(`delete from ${schema}.${table} where ${anyOf("unit")}`, [units])
        yield* database.insert(table, bench.all(table).filter(({ unit }) => own.has(String(unit))))
      }
      for (const [table, key] of [["latencies", "day, provider, bucket"], ["strays", "day, kind"]] as const) {
        yield* database.insert(table, bench.all(table), `on conflict (${key}) do update set n = old.n + excluded.n`)
      }
      return result
    }).pipe(Effect.scoped, database.alone, Effect.mapError((error) => Database.failure(operation, error)))

  return { of, working }
}
