/**
 * A ledger in PostgreSQL, for as many processes as there are, through `@effect/sql-pg`.
 *
 * ```ts
 * const ledger = PostgresLedger.layer().pipe(Layer.provide(PgClient.layer({ url })))
 * ```
 *
 * Writers take turns, a batch each. The tables are made, and brought up to date, when the layer is built.
 *
 * @since 0.4.0
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { OutcomeFact } from "./internal/facts.ts"
import * as Database from "./internal/postgresLedgerDatabase.ts"
import * as Work from "./internal/postgresWork.ts"
import * as Workbench from "./internal/postgresWorkbench.ts"
import { dayOf } from "./internal/skew.ts"
import { columns, nameOfColumn } from "./internal/sqliteRows.ts"
import { worth } from "./internal/worth.ts"
import {
  type LatencyCount,
  Ledger,
  type LedgerError,
  type Payment,
  type Row,
  type Service,
  type StoredPlan
} from "./Ledger.ts"

/**
 * - `schema`: the PostgreSQL schema that holds the tables, `priceport_ledger` unless set. Made if it is not there.
 * - `slowMs`: from how many milliseconds on an answer counts as slow, 1,000 unless set. What the tables were made with stays.
 *
 * @category options
 * @since 0.4.0
 */
export interface Options {
  readonly schema?: string | undefined
  readonly slowMs?: number | undefined
}

const pageSize = 1024

/**
 * Makes a ledger on the `PgClient` at hand. Throws a `RangeError` for a schema that is no plain name.
 *
 * @category constructors
 * @since 0.4.0
 */
export const make = Effect.fn("PostgresLedger.make")(
  function*({ schema = "priceport_ledger", slowMs: wanted = 1000 }: Options = {}) {
    if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema)) throw new RangeError(`PostgresLedger: ${schema} is no plain name`)
    const database = Database.make(yield* PgClient.PgClient, schema)
    const bound = (operation: string) => <A>(effect: Effect.Effect<A, Database.SqlError | LedgerError>) =>
      Effect.mapError(effect, (error) => Database.failure(operation, error))

    yield* bound("open")(Database.migrate(database, schema))
    const [{ value: slowMs } = { value: wanted }] = yield* bound("open")(Effect.andThen(
      database.insert("settings", [{ name: "slowMs", value: wanted }], "on conflict do nothing"),
      database.rows<{ readonly value: number }>(`select value from ${schema}.settings where name = 'slowMs'`)
    ))

    const { of, working } = Work.make(database, schema, slowMs)

    const plan = (experiment: string): Effect.Effect<StoredPlan | undefined, LedgerError> =>
      bound("plan")(Effect.scoped(Effect.gen(function*() {
        const bench = yield* Workbench.make(slowMs)
        bench.put("plans", yield* of("plans", "experiment = $1", experiment))
        return bench.plans.find(experiment)
      })))

    const paged = <A, B extends { readonly unit: string }>(
      operation: string,
      read: (after: string) => Effect.Effect<ReadonlyArray<B>, Database.SqlError | LedgerError>,
      each: (page: ReadonlyArray<B>) => Effect.Effect<ReadonlyArray<A>, Database.SqlError | LedgerError>
    ): Stream.Stream<A, LedgerError> =>
      Stream.paginate(
        "",
        (after) =>
          bound(operation)(Effect.flatMap(read(after), (page) =>
            Effect.map(each(page), (items) =>
              [items, page.length < pageSize ? Option.none() : Option.fromUndefinedOr(page.at(-1)?.unit)] as const)))
      )

    const page = <B>(condition: string, experiment: string, since: number) => (after: string) =>
      database.rows<B>(
        `select ${columns.map((column) => `${nameOfColumn(column)} as "${column}"`).join(", ")} from ${schema}.customers
          where experiment = $1 and unit > $2 and assigned_at >= $3::text::bigint ${condition} order by unit limit ${pageSize}`,
        [experiment, after, String(Math.floor(since))]
      )

    const service: Service = {
      durability: "server",
      slowMs,
      append: (events, lost = 0) =>
        Clock.clockWith((clock) =>
          working(
            "append",
            Workbench.namesIn(events),
            events.flatMap((event) => event._tag === "Purchased" ? [event.transaction] : []),
            ({ intake }) => {
              intake.apply(events)
              if (lost > 0) intake.count("lost", clock.currentTimeMillisUnsafe(), lost)
            }
          )
        ),
      record: (outcomes) =>
        working(
          "record",
          Workbench.namesOf(outcomes),
          outcomes.map(({ id }) => id),
          ({ intake }) => intake.record(outcomes)
        ),
      storePlan: (plan, at) =>
        Effect.gen(function*() {
          const { experiment } = plan
          const stored = yield* Effect.scoped(Effect.gen(function*() {
            const bench = yield* Workbench.make(slowMs)
            bench.put("plans", yield* of("plans", "experiment = $1", experiment))
            bench.put(
              "customers",
              yield* of("customers", "experiment = $1 and exposed_at is not null limit 1", experiment)
            )
            const result = bench.plans.store(plan, at)
            yield* database.run(`delete from ${schema}.plans where experiment = $1`, [experiment])
            yield* database.insert("plans", bench.all("plans"))
            return result
          })).pipe(database.alone, bound("storePlan"))
          const accepted = yield* Effect.fromResult(stored)
          const [due] = yield* bound("storePlan")(of("plans", "experiment = $1 and rows_due = 1", experiment))
          if (due !== undefined) {
            yield* Stream.runForEachArray(service.rows(experiment), (rows) => {
              const units = rows.map(({ unit }) => unit)
              return working("storePlan", units, [], ({ rollup }) => rollup.refresh(units))
            })
            yield* bound("storePlan")(
              database.run(`update ${schema}.plans set rows_due = 0 where experiment = $1`, [experiment])
            )
          }
          return accepted
        }),
      plan,
      experiments: bound("experiments")(Effect.map(
        database.rows<{ readonly experiment: string }>(
          `select experiment from ${schema}.plans union select distinct experiment from ${schema}.customers order by 1`
        ),
        (found) => found.map(({ experiment }) => experiment)
      )),
      rows: (experiment, since = 0) => paged("rows", page<Row>("", experiment, since), Effect.succeed),
      payments: (experiment, since = 0) =>
        paged(
          "payments",
          page<Row>(
            "and last_outcome_at is not null and exposed_at is not null and overridden = 0",
            experiment,
            since
          ),
          (payers) =>
            Effect.map(
              database.rows<OutcomeFact & { readonly unit: string }>(
                `select unit, id, kind, micros, currency, at, source from ${schema}.outcomes where ${
                  Work.anyOf("unit")
                }`,
                [JSON.stringify(payers.map(({ unit }) => unit))]
              ),
              (outcomes): ReadonlyArray<Payment> => {
                const by = Map.groupBy(outcomes, ({ unit }) => unit)
                return payers.flatMap(({ arm, assignedAt, exposedAt, unit }) =>
                  worth(assignedAt, by.get(unit) ?? [], undefined).changes.map((change) => ({
                    unit,
                    arm,
                    exposedAt: exposedAt ?? 0,
                    ...change
                  }))
                )
              }
            )
        ),
      latencies: (since) =>
        bound("latencies")(database.rows<LatencyCount>(
          `select provider, bucket, sum(n)::bigint as count from ${schema}.latencies
            where day >= ${dayOf(since)} group by provider, bucket order by provider, bucket`
        )),
      strays: (since) =>
        bound("strays")(Effect.gen(function*() {
          const found = yield* database.rows<{ readonly kind: string; readonly n: number }>(
            `select kind, sum(n)::bigint as n from ${schema}.strays where day >= ${dayOf(since)} group by kind`
          )
          const [{ nobodys, outcomes } = { nobodys: 0, outcomes: 0 }] = yield* database.rows<
            { readonly nobodys: number; readonly outcomes: number }
          >(
            `select count(*)::bigint as outcomes, (count(*) filter (where not exists
              (select 1 from ${schema}.assignments a where a.unit = o.unit)))::bigint as nobodys
              from ${schema}.outcomes o where at >= $1::text::bigint`,
            [String(Math.floor(since))]
          )
          const counts = new Map(found.map(({ kind, n }) => [kind, n]))
          return {
            lost: counts.get("lost") ?? 0,
            shows: counts.get("show") ?? 0,
            showsWithoutCustomer: counts.get("showWithoutCustomer") ?? 0,
            outcomesOfNobody: nobodys,
            outcomes
          }
        })),
      vendorSets: bound("vendorSets")(Effect.map(
        database.rows<{ readonly id: number; readonly members: string }>(
          `select id, members from ${schema}.vendor_sets`
        ),
        (found) => new Map(found.map(({ id, members }) => [id, JSON.parse(members) as ReadonlyArray<string>]))
      ))
    }
    return service
  }
)

/**
 * @category layers
 * @since 0.4.0
 */
export const layer = (options?: Options): Layer.Layer<Ledger, LedgerError, PgClient.PgClient> =>
  Layer.effect(Ledger, make(options))
