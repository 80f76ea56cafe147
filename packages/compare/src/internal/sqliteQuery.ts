import type { DatabaseSync, SQLInputValue } from "node:sqlite"

/** A statement whose rows are known to the compiler. */
export interface Query<Row> {
  readonly all: (...parameters: ReadonlyArray<SQLInputValue>) => ReadonlyArray<Row>
  readonly first: (...parameters: ReadonlyArray<SQLInputValue>) => Row | undefined
}

export const query = <Row>(db: DatabaseSync, sql: string): Query<Row> => {
  const statement = db.prepare(sql)
  return {
    all: (...parameters) => statement.all(...parameters) as unknown as ReadonlyArray<Row>,
    first: (...parameters) => statement.get(...parameters) as unknown as Row | undefined
  }
}

/** A statement of which only the number of changed rows counts. */
export const command = (db: DatabaseSync, sql: string): (...parameters: ReadonlyArray<SQLInputValue>) => number => {
  const statement = db.prepare(sql)
  return (...parameters) => Number(statement.run(...parameters).changes)
}
