import * as Botsi from "@priceport/botsi"
import * as Core from "@priceport/core"
import * as Corrily from "@priceport/corrily"
import * as Memory from "@priceport/testing/memory"
import * as Simulators from "@priceport/testing/simulators"

const empty = Object.entries({ Botsi, Core, Corrily, Memory, Simulators })
  .filter(([, module]) => Object.keys(module).length === 0)

console.log(empty.length === 0 ? "ok" : `empty: ${empty.map(([name]) => name)}`)
