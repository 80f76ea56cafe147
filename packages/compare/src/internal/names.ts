import type { Subject } from "@priceport/core/domain/Attribution"

/** A vendor's name of a customer, as `Assignment.units` spells it. An address is one that others may share. */
export interface Name {
  readonly text: string
  readonly isAddress: boolean
}

export const nameOf = (provider: string, { kind, value }: Subject): Name => {
  switch (kind) {
    case "ip":
      return { text: `ip:${provider}:${value}`, isAddress: true }
    case "profileId":
      return { text: `${provider}:${value}`, isAddress: false }
    default:
      return { text: value, isAddress: false }
  }
}
