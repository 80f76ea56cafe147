import { assert, describe, it } from "@effect/vitest"
import * as Style from "../../packages/cli/src/Style.ts"
import * as Table from "../../packages/cli/src/Table.ts"

interface Row {
  readonly name: string
  readonly price?: string
}

const columns: ReadonlyArray<Table.Column<Row>> = [
  { head: "Name", cell: ({ name }) => name },
  { head: "Price", cell: ({ price }) => price },
  { head: "Never", cell: () => undefined }
]

const render = (rows: ReadonlyArray<Row>, canColor = false) => Table.render(Style.make(canColor), rows, columns)

describe("Table", () => {
  it("aligns columns, dashes what is missing and leaves an empty column out", () => {
    assert.strictEqual(
      render([{ name: "monthly", price: "9,99 €" }, { name: "x" }]),
      "NAME     PRICE\nmonthly  9,99 €\nx        -"
    )
  })

  it("counts what takes two places on the screen as two", () => {
    assert.strictEqual(
      render([{ name: "日本", price: "1" }, { name: "abcd", price: "2" }]),
      "NAME  PRICE\n日本  1\nabcd  2"
    )
  })

  it("colours only for those who can see it", () => {
    assert.notInclude(render([{ name: "a" }]), "\u001b")
    assert.include(render([{ name: "a" }], true), "\u001b[1mNAME\u001b[0m")
  })
})
