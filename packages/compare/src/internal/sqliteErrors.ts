/** What SQLite says when it cannot do something, in words that tell what to do about it. */
import { LedgerError } from "../Ledger.ts"

export const unavailable = (operation: string, cause: unknown): LedgerError =>
  new LedgerError({ reason: "unavailable", operation, detail: detailOf(cause) })

/** SQLite's primary result code, or the code of a failed call to the system. */
export const codeOf = (cause: unknown): number | string | undefined => {
  if (!(cause instanceof Error)) return undefined
  if ("errcode" in cause && typeof cause.errcode === "number") return cause.errcode & 0xff
  return "code" in cause && typeof cause.code === "string" ? cause.code : undefined
}

const detailOf = (cause: unknown): string => {
  const code = codeOf(cause)
  return details[code ?? ""] ?? `SQLite failed with ${code ?? "something unforeseen"}`
}

const notThere = "the file cannot be opened: its folder must exist, and this process must be allowed to write there"
const full = "the disk is full: nothing of this was stored"

const details: Record<number | string, string> = {
  5: "another program has the file locked",
  8: "the file can only be read",
  10: "the disk failed",
  11: "the file is damaged: put it aside and start with a new one; sqlite3's .recover gets back what can be read",
  13: full,
  14: notThere,
  26: "the file is no SQLite database",
  EACCES: notThere,
  EISDIR: notThere,
  ENOENT: notThere,
  ENOSPC: full,
  ENOTDIR: notThere,
  EROFS: notThere,
  ERR_INVALID_STATE: "the ledger is closed"
}
