import * as Contract from "@priceport/testing/contract"

export const names: ReadonlyArray<string> = Object.keys(Contract)
