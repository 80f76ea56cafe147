import * as Backoff from "./backoff.ts"

/**
 * Whether a vendor is there. After so many failures in a row its lane opens: one request is sent each step of the lane's
 * own backoff, and the first answer closes it. A Retry-After holds the whole lane back, since vendors limit a key.
 */
export interface LaneHealth {
  readonly isOpen: () => boolean
  /** Nothing is sent before this time. */
  readonly heldUntil: () => number
  readonly answered: () => void
  readonly failed: (failure: {
    readonly now: number
    readonly random: number
    readonly notBefore: number
    readonly probe: boolean
  }) => void
}

/** How long a Retry-After is believed at most; the vendor may say it again then. */
const retryAfterAtMost = 86_400_000

export const make = (openAfter: number): LaneHealth => {
  let failures = 0
  let step = 0
  let openUntil: number | undefined
  let notBefore = 0

  return {
    isOpen: () => openUntil !== undefined,
    heldUntil: () => Math.max(openUntil ?? 0, notBefore),
    answered: () => {
      failures = 0
      step = 0
      openUntil = undefined
    },
    failed: (failure) => {
      failures++
      notBefore = Math.max(notBefore, Math.min(failure.notBefore, failure.now + retryAfterAtMost))
      if (openUntil === undefined ? failures < openAfter : !failure.probe) return
      openUntil = failure.now + Backoff.jittered(step, failure.random)
      step++
    }
  }
}
