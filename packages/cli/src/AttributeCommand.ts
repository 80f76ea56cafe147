/**
 * `priceport attribute`: facts of your own about a Botsi customer.
 */
import type { AddAttribute, AddAttributes, StoredAttribute, UpdateAttribute } from "@priceport/botsi/BotsiSchema"
import { Command, Flag } from "./Cli.ts"
import * as Customers from "./Customers.ts"
import * as Output from "./Output.ts"
import * as Syntax from "./Syntax.ts"
import * as Table from "./Table.ts"

const columns: ReadonlyArray<Table.Column<StoredAttribute>> = [
  { head: "Id", cell: ({ id }) => id },
  { head: "Key", cell: ({ key }) => key },
  { head: "Value", cell: ({ value }) => value }
]

const pick = ({ id, key, value }: StoredAttribute): StoredAttribute => ({ id, key, value })

const one: Output.Kind<StoredAttribute> = {
  toJson: pick,
  toText: (style, attribute) => Table.render(style, [attribute], columns)
}

const many: Output.Kind<ReadonlyArray<StoredAttribute>> = {
  toJson: (attributes) => attributes.map(pick),
  toText: (style, attributes) => Table.render(style, attributes, columns)
}

const text = (name: string, metavar: string, description: string) =>
  Flag.String(name).pipe(Flag.withMetavar(metavar), Flag.withDescription(description))

const key = text("key", "K", "Required. The attribute's name")

const value = text("value", "V", "Required. The attribute's value, which may be empty")

const add = Command.make(
  "add",
  { ...Customers.flags, key, value, json: Output.json },
  (input) => {
    const request = { ...Customers.identity(input), custom: { key: input.key, value: input.value } }
    return Customers.ask(input, "addAttribute", one, (client) => client.addAttribute(request as AddAttribute))
  }
).pipe(
  Command.validate((input) => Customers.validate(input)),
  Command.withDescription("Adds one attribute and prints it with its id, which updating it needs"),
  Command.withExamples([{ command: "priceport attribute add --customer user-1 --key plan --value gold" }])
)

const update = Command.make(
  "update",
  {
    ...Customers.flags,
    id: text("id", "ATTR", "Required. What adding it printed as its id"),
    key,
    value,
    json: Output.json
  },
  (input) => {
    const request = {
      ...Customers.identity(input),
      attrId: input.id,
      custom: { key: input.key, value: input.value }
    }
    return Customers.ask(input, "updateAttribute", one, (client) => client.updateAttribute(request as UpdateAttribute))
  }
).pipe(
  Command.validate((input) => Customers.validate(input)),
  Command.withDescription("Replaces the value of an attribute"),
  Command.withExamples([{
    command: "priceport attribute update --customer user-1 --id 2f1c --key plan --value silver"
  }])
)

const addMany = Command.make(
  "add-many",
  {
    ...Customers.flags,
    set: text("set", "K=V", "Required. One attribute, as key=value; once for each").pipe(
      Flag.filterMap(Syntax.keyValue, () => "key=value"),
      Flag.atLeast(1)
    ),
    json: Output.json
  },
  (input) => {
    const request = { ...Customers.identity(input), custom: input.set.map(([key, value]) => ({ key, value })) }
    return Customers.ask(
      input,
      "addAttributes",
      many,
      (client) => client.addAttributes(request as unknown as AddAttributes)
    )
  }
).pipe(
  Command.validate((input) => Customers.validate(input)),
  Command.withDescription("Adds several attributes at once and prints them with their ids, in the same order"),
  Command.withExamples([{
    command: "priceport attribute add-many --customer user-1 --set plan=gold --set team=blue"
  }])
)

export const command = Command.make("attribute").pipe(
  Command.withShortDescription("Facts of your own about Botsi's customers"),
  Command.withDescription("Facts of your own about a customer at Botsi, for targeting. Each is a text under a name."),
  Command.withSubcommands([add, update, addMany])
)
