/** 1 second, doubling to 15 minutes, in milliseconds; `step` counts the failures before. */
const nominal = (step: number): number => Math.min(1_000 * 2 ** step, 900_000)

/** Up to 20 % less or more, drawn by a number from 0 to 1. */
export const jittered = (step: number, random: number): number => Math.round(nominal(step) * (0.8 + 0.4 * random))
