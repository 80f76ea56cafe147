/** How many retries there may be: a bucket that first attempts fill and retries empty. */
export interface RetryQuota {
  readonly deposit: () => void
  /** Takes one retry; false where none is left. */
  readonly take: () => boolean
}

/**
 * A full bucket of `floor` retries that gains `ratio` of one with each first attempt and never holds more. Over any
 * stretch of time there are at most `floor` retries plus `ratio` of its first attempts.
 */
export const make = ({ floor, ratio }: { readonly floor: number; readonly ratio: number }): RetryQuota => {
  let tokens = floor
  return {
    deposit: () => {
      tokens = Math.min(floor, tokens + ratio)
    },
    take: () => {
      // A fifth five times is a whole, whatever binary fractions make of it.
      if (tokens < 1 - 1e-9) return false
      tokens = Math.max(0, tokens - 1)
      return true
    }
  }
}
