import { type Customer, Purchase } from "@priceport/core"
import { Exit, Option } from "effect"
import type { Call } from "./Call.ts"
import * as Customers from "./Customers.ts"
import * as Question from "./Question.ts"
import { end, type Stage, violate } from "./Stage.ts"

/** One visitor asks for a paywall. */
export const call = (stage: Stage, who?: Customers.Visitor): void => {
  const { facts: { ledger, settings, vendor }, log, made, now, pricing, random, visitors, waiting } = stage
  const visitor = who ?? random.pick(visitors)
  const { kind, request } = Customers.ask(visitor, vendor.provider.id, random)
  const within = random.chance(0.5) ? undefined : random.pick([0, 1, 50, 200, 800, 1_500, 5_000, 20_000])
  const names = Question.namesOf(request.customer)
  const digest = Question.digest(request)
  const limit = within ?? (kind === "keyless" ? settings.budget : settings.lookupTimeout)
  const asked: Call = {
    number: ++stage.calls,
    kind,
    visitor,
    request,
    digest,
    names,
    locale: request.customer.locale,
    startedAt: now(),
    deadline: now() + limit,
    heldSince: kind === "keyed" ? ledger.heldSince(digest) : undefined,
    forgottenAt: ledger.forgottenAt(names),
    generation: ledger.generation(names),
    fiber: undefined,
    givenUp: false
  }
  made.calls++
  if (kind === "keyless") made.keyless++
  log.add(`${now()} call ${asked.number} ${kind} ${digest} within ${within}`)
  waiting.add(asked)
  asked.fiber = stage.run(pricing.getPaywall(request, { within }))
  asked.fiber.addObserver((exit) => {
    end(stage, asked, exit)
    // Whoever had the vendor decide anew has no use for what is held.
    const isNew = Exit.isSuccess(exit) && exit.value.provenance.source === "live"
    if (kind === "keyless" && isNew) forget(stage, request.customer)
  })
}

const forget = ({ facts: { ledger }, now }: Stage, customer: Customer.Customer): void =>
  ledger.forget(Question.forgottenNames(customer), now())

/** One caller gives up. */
export const interrupt = ({ coverage, log, now, random, waiting }: Stage): void => {
  if (waiting.size === 0) return
  const call = random.pick(Array.from(waiting))
  log.add(`${now()} call ${call.number} is given up`)
  coverage.add("a caller gave up")
  call.givenUp = true
  call.fiber?.interruptUnsafe()
}

const invalidate = (stage: Stage, { customer, number }: Customers.Visitor): void => {
  const { coverage, facts: { vendor }, log, now, pricing, run } = stage
  log.add(`${now()} visitor ${number} is forgotten`)
  coverage.add("forgotten")
  const names = Question.forgottenNames(customer)
  if (Array.from(vendor.running).some((attempt) => attempt.names.some((name) => names.includes(name)))) {
    coverage.add("forgotten while asking")
  }
  run(pricing.invalidate(customer))
  forget(stage, customer)
}

const prefetch = (stage: Stage, { customer, number }: Customers.Visitor): void => {
  const { coverage, facts: { settings }, log, now, pricing, random } = stage
  const options = random.pick([undefined, { enroll: true }, { enroll: false }])
  const deadline = now() + settings.lookupTimeout
  log.add(`${now()} visitor ${number} is prefetched for ${JSON.stringify(options)}`)
  const fiber = stage.run(pricing.prefetch(Customers.placements, structuredClone(customer), options))
  fiber.addObserver((exit) => {
    if (now() > deadline) violate(stage, "endsByItsDeadline", `a prefetch ended ${now() - deadline} ms late`)
    if (!Exit.isSuccess(exit)) return Exit.hasDies(exit) ? coverage.add("prefetch died") : undefined
    for (const { error } of exit.value) {
      coverage.add(`prefetch ${error?.reason._tag ?? "done"}`)
      const isRefused = settings.exposure === "on-fetch" && options?.enroll !== true
      if (isRefused !== (error?.reason._tag === "Unsupported")) {
        violate(stage, "enrolsNobodyUnasked", `a prefetch ended with ${error?.reason._tag}`)
      }
    }
  })
}

/** Takes the paywall last shown, whatever the visitor is called by now. */
const report = (stage: Stage, { shown }: Customers.Visitor): void => {
  if (shown === undefined) return
  const { coverage, facts: { settings }, made, pricing, reported } = stage
  made.others++
  const isRepeated = reported.has(shown.id)
  reported.add(shown.id)
  stage.run(pricing.recordImpression(shown)).addObserver((exit) => {
    if (!Exit.isSuccess(exit)) return
    const outcome = exit.value._tag
    coverage.add(`impression ${outcome}`)
    const { ageMs = 0 } = shown.provenance
    const counts = shown.attribution?.enrolled === true && ageMs <= 86_400_000
    const expected = !counts ? "NotCounted" : settings.exposure === "on-fetch" ? "ImplicitOnFetch" : "Recorded"
    if (outcome !== expected && !(outcome === "Duplicate" && counts && isRepeated)) {
      violate(stage, "countsHonestly", `an impression was ${outcome}, not ${expected}`)
    }
  })
}

const buy = (stage: Stage, { number, shown }: Customers.Visitor): void => {
  if (shown === undefined) return
  const { coverage, facts: { ledger, settings }, log, made, now, pricing } = stage
  made.others++
  log.add(`${now()} visitor ${number} buys`)
  const purchase = pricing.validatePurchase({
    ...(shown.attribution !== undefined && { attribution: shown.attribution }),
    transaction: {
      _tag: "AppStoreTransaction",
      transactionId: `20000008715${made.others}`,
      originalTransactionId: `20000008715${made.others}`,
      productId: "premium_monthly",
      environment: "sandbox"
    }
  })
  stage.run(purchase).addObserver((exit) => {
    const tag = Option.getOrUndefined(Exit.findErrorOption(exit))?.reason._tag
    const isValidated = Exit.isSuccess(exit) && !Purchase.isPending(exit.value)
    coverage.add(`purchase ${isValidated ? "validated" : Exit.isSuccess(exit) ? "pending" : tag ?? "died"}`)
    if (isValidated) ledger.forget(Question.subjectNames(shown.attribution!), now())
    if (settings.exposure === "on-fetch" && tag !== "Unsupported") {
      violate(stage, "countsHonestly", `a purchase ended with ${tag}`)
    }
  })
}

/** Something happens to one visitor. */
export const act = (stage: Stage, visitor: Customers.Visitor): void => {
  const { coverage, log, now, random } = stage
  const kind = random.weighted({ change: 8, forget: 1, prefetch: 2, buy: 2, report: 2 })
  if (kind === "forget") return invalidate(stage, visitor)
  if (kind === "prefetch") return prefetch(stage, visitor)
  if (kind === "buy") return buy(stage, visitor)
  if (kind === "report") return report(stage, visitor)

  const change = random.pick(Object.keys(Customers.changes) as Array<Customers.Change>)
  log.add(`${now()} visitor ${visitor.number}: ${change}`)
  coverage.add(change)
  Customers.change(change, visitor, random)
  if (random.chance(0.3)) invalidate(stage, visitor)
}
