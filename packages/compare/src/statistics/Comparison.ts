/**
 * The treatment against the control, with an interval.
 *
 * @since 0.4.0
 */
import * as Result from "effect/Result"
import * as Boundary from "./Boundary.ts"
import type { Contrast, Summary } from "./Contrast.ts"
import type { Estimate, Method } from "./Estimate.ts"
import { NotEnoughData } from "./Refusal.ts"

/**
 * The treatment's mean minus the control's.
 *
 * @category constructors
 * @since 0.4.0
 */
export const difference = (contrast: Contrast, method: Method): Result.Result<Estimate, NotEnoughData> =>
  Result.map(tested(contrast, method), ({ answer, standardError, width }) => {
    const estimate = contrast.treatment.mean - contrast.control.mean
    return answer({
      scale: "difference",
      estimate,
      standardError,
      low: estimate - width * standardError,
      high: estimate + width * standardError
    })
  })

/**
 * The difference as a share of the control's mean.
 *
 * The interval is Fieller's: all lifts that a test of the two means does not rule out. So it leaves out 0 exactly when the
 * interval of the difference does, and keeps its promise where one arm is small. The standard error is the delta method's.
 * Refused where the control's own interval reaches down to 0, and where the customers of the treatment are all alike.
 *
 * @category constructors
 * @since 0.4.0
 */
export const lift = (contrast: Contrast, method: Method): Result.Result<Estimate, NotEnoughData> =>
  Result.flatMap(tested(contrast, method), ({ answer, width }) => {
    const [base, other] = [contrast.control.mean, contrast.treatment.mean]
    const [baseVariance, otherVariance] = [ofMean(contrast.control), ofMean(contrast.treatment)]
    const error = Math.sqrt(baseVariance)
    if (!(base > width * error)) {
      const what = "standard errors from 0 to the control's mean"
      return Result.fail(new NotEnoughData({ what, n: error > 0 ? base / error : 0, needed: width }))
    }
    if (!(otherVariance > 0)) {
      return Result.fail(
        new NotEnoughData({ what: "customers of the treatment who differ from another", n: 0, needed: 1 })
      )
    }
    const ratio = other / base
    // Both as shares of the control's mean.
    const [first, second] = [baseVariance / base / base, otherVariance / base / base]
    const scale = 1 - width * width * first
    const half = width * Math.sqrt(second * scale + ratio * ratio * first)
    return Result.succeed(answer({
      scale: "lift",
      estimate: ratio - 1,
      standardError: Math.sqrt(second + ratio * ratio * first),
      low: (ratio - half) / scale - 1,
      high: (ratio + half) / scale - 1
    }))
  })

/** The variance of the mean itself. */
const ofMean = ({ n, variance }: Summary): number => variance / n

/** The test of no difference, the same for both scales. */
const tested = ({ control, exclusions, reference, treatment }: Contrast, method: Method) => {
  const n = control.n + treatment.n
  if (method._tag === "fixed" && n < method.n) {
    return Result.fail(new NotEnoughData({ what: "customers of the planned number", n, needed: method.n }))
  }
  const standardError = Math.sqrt(ofMean(control) + ofMean(treatment))
  if (!(standardError > 0)) {
    return Result.fail(new NotEnoughData({ what: "customers who differ from another", n: 0, needed: 1 }))
  }
  const look = { method, n, df: reference === "student" ? welch(control, treatment) : undefined }
  const p = Boundary.pValue(look, (treatment.mean - control.mean) / standardError)
  return Result.succeed({
    standardError,
    width: Boundary.width(look),
    answer: ({ high, low, ...rest }: Answer): Estimate => ({
      ...rest,
      interval: { low, high, kind: Boundary.kind(method), alpha: method.alpha },
      p,
      mean: { control: control.mean, treatment: treatment.mean },
      n: { control: control.n, treatment: treatment.n },
      exclusions
    })
  })
}

interface Answer extends Pick<Estimate, "scale" | "estimate" | "standardError"> {
  readonly low: number
  readonly high: number
}

/** Welch's degrees of freedom. */
const welch = (a: Summary, b: Summary): number => {
  const [first, second] = [ofMean(a), ofMean(b)]
  return (first + second) ** 2 / (first ** 2 / a.df + second ** 2 / b.df)
}
