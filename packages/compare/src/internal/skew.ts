/** How far the clocks of two machines may be apart, in milliseconds. */
export const skewMs = 5 * 60_000

export const dayMs = 86_400_000

/** The number of a UTC day since 1970. */
export const dayOf = (at: number): number => Math.floor(at / dayMs)
