/** The columns of a customer's row, in one order. */
import type { Row } from "../Ledger.ts"

export const columns = [
  "unit",
  "arm",
  "arms",
  "overridden",
  "assignedAt",
  "exposedAt",
  "earlyShow",
  "served",
  "standby",
  "treatment",
  "answers",
  "slow",
  "bundledAnswers",
  "standbyAnswers",
  "unanswered",
  "shows",
  "standbyShows",
  "uncountedShows",
  "convertedAt",
  "paid",
  "micros",
  "currency",
  "covariate",
  "unpriced",
  "earlyOutcomes",
  "refundsWithoutSale",
  "refundsAboveSale",
  "doubles",
  "lastOutcomeAt"
] as const satisfies ReadonlyArray<keyof Row>

/** The values of a row in the order of the columns. */
export type Values = ValuesOf<typeof columns>

type ValuesOf<Columns extends ReadonlyArray<keyof Row>> = { readonly [Index in keyof Columns]: Row[Columns[Index]] }

/** Written out, which is what makes it fast. */
export const rowOf = (values: Values): Row => ({
  unit: values[0],
  arm: values[1],
  arms: values[2],
  overridden: values[3],
  assignedAt: values[4],
  exposedAt: values[5],
  earlyShow: values[6],
  served: values[7],
  standby: values[8],
  treatment: values[9],
  answers: values[10],
  slow: values[11],
  bundledAnswers: values[12],
  standbyAnswers: values[13],
  unanswered: values[14],
  shows: values[15],
  standbyShows: values[16],
  uncountedShows: values[17],
  convertedAt: values[18],
  paid: values[19],
  micros: values[20],
  currency: values[21],
  covariate: values[22],
  unpriced: values[23],
  earlyOutcomes: values[24],
  refundsWithoutSale: values[25],
  refundsAboveSale: values[26],
  doubles: values[27],
  lastOutcomeAt: values[28]
})

export const nameOfColumn = (column: string): string => column.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** For a `select`. */
export const selected: string = columns.map(nameOfColumn).join(", ")
