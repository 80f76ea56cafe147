import { providersOf } from "../Plan.ts"
import type { Report } from "../Report.ts"

/** The place of an arm or a vendor in the palette: an arm's vendors have its colour, strangers a grey one. */
export interface Colors {
  readonly classOf: (arm: string) => string
  readonly arm: (arm: string) => string
  readonly provider: (provider: string) => string
}

/** Colours for treatments; the control's own is never given twice. */
const many = 4

/** The control comes first, in blue. */
export const make = ({ plan: { arms, control } }: Report): Colors => {
  const ordered = arms.toSorted((a, b) => Number(b.arm === control) - Number(a.arm === control))
  const arm = (name: string) => place(ordered.findIndex(({ arm }) => arm === name))
  return {
    classOf: (name) => `c${arm(name)}`,
    arm: (name) => `var(--arm-${arm(name)})`,
    provider: (provider) =>
      `var(--arm-${place(ordered.findIndex((arm) => providersOf(arm).some((own) => own === provider)))})`
  }
}

const place = (index: number): number | "x" => index < 0 ? "x" : index === 0 ? 0 : 1 + (index - 1) % many
