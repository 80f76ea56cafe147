/**
 * Prepared statements of a SQLite database, with the types of their rows.
 *
 * @since 0.4.0
 */
import type { DatabaseSync, SQLInputValue } from "node:sqlite"

/**
 * A statement whose rows are known to the compiler.
 *
 * @category models
 * @since 0.4.0
 */
export interface Query<Row> {
  readonly all: (...parameters: ReadonlyArray<SQLInputValue>) => ReadonlyArray<Row>
  /** Reads row by row, as far as it is asked to. */
  readonly each: (...parameters: ReadonlyArray<SQLInputValue>) => Iterable<Row>
  readonly first: (...parameters: ReadonlyArray<SQLInputValue>) => Row | undefined
}

/**
 * @category constructors
 * @since 0.4.0
 */
export const query = <Row>(db: DatabaseSync, sql: string): Query<Row> => {
  const statement = db.prepare(sql)
  return {
    all: (...parameters) => statement.all(...parameters) as unknown as ReadonlyArray<Row>,
    each: (...parameters) => statement.iterate(...parameters) as unknown as Iterable<Row>,
    first: (...parameters) => statement.get(...parameters) as unknown as Row | undefined
  }
}

/**
 * A statement of which only the number of changed rows counts.
 *
 * @category constructors
 * @since 0.4.0
 */
export const command = (db: DatabaseSync, sql: string): (...parameters: ReadonlyArray<SQLInputValue>) => number => {
  const statement = db.prepare(sql)
  return (...parameters) => Number(statement.run(...parameters).changes)
}
