import type { DatabaseSync } from "node:sqlite"

/** What a file was made with; the given value where it has none yet. */
export const keep = (db: DatabaseSync, name: string, value: number): number => {
  db.prepare("insert or ignore into settings values (?, ?)").run(name, value)
  return read(db, name) ?? value
}

export const read = (db: DatabaseSync, name: string): number | undefined => {
  const row = db.prepare("select value from settings where name = ?").get(name)
  return row === undefined ? undefined : Number(row["value"])
}
