/** What people do, as drawn: one thing after the other. */
import { Fault } from "@priceport/testing/simulators"
import { Effect, Fiber } from "effect"
import type { Bought, Shown } from "./Oracle.ts"
import * as Shop from "./Shop.ts"

/** Somebody else's transaction, or one's own with other facts. */
const contest = Effect.fnUntraced(function*(shop: Shop.Shop, shown: Shown, bought: Bought) {
  const isMine = bought.shown.person === shown.person
  const transaction = Shop.transactionOf(bought)
  const other = isMine ? { ...transaction, productId: "premium_yearly" } : transaction
  const { attribution } = isMine ? bought.shown.paywall : shown.paywall
  const outcome = yield* Shop.outcomeOf(
    shop.pricing.validatePurchase({ attribution: attribution!, transaction: other }, Shop.patience)
  )
  shop.seen(`contested ${isMine ? "by oneself" : "by another"}`)
  if (outcome !== "PurchaseConflict") shop.wrong(`${bought.id}, told otherwise, was ${outcome}`)
})

/** Begins something and gives it up, at once or a little later. */
const cut = Effect.fnUntraced(function*(shop: Shop.Shop, what: Effect.Effect<unknown, unknown>) {
  const fiber = yield* Effect.forkChild(Effect.ignore(what), { startImmediately: true })
  yield* Effect.sleep(shop.prng.between(0, 3))
  yield* Fiber.interrupt(fiber)
  shop.seen("cut off")
})

/** Where a request is lost, answered late with nothing, or carried out without an answer. */
const fault = ({ prng, simulator }: Shop.Shop) => {
  const path = prng.pick(["/events", "/purchases/apple-store/validate", "/purchases/play-store/validate", "/paywalls"])
  const kinds = [
    Fault.Status({ status: 503 }),
    Fault.Reset({ when: "before" }),
    Fault.Reset({ when: "after" }),
    Fault.CutBody(),
    ...path === "/events" ? [Fault.EmptyBody()] : []
  ]
  return simulator.inject(prng.pick(kinds), { path, times: 1 })
}

const newPurchase = ({ nextId, prng }: Shop.Shop, shown: Shown): Bought => {
  const store = prng.pick<Bought["store"]>(["app", "app", "subscription", "one-time"])
  return { shown, store, id: nextId(), isTrial: store === "subscription" && prng.chance(0.5) }
}

/** One thing that somebody does. */
export const act = Effect.fnUntraced(function*(shop: Shop.Shop, person: Shop.Person) {
  const { oracle, prng, seen, sold } = shop
  const doing = prng.weighted({
    look: 30,
    tell: 30,
    buy: 12,
    again: 8,
    contest: 4,
    invalidate: 2,
    logIn: 2,
    prefetch: 2,
    fault: 3,
    cutLook: 2,
    cutTell: 3,
    cutBuy: 2
  })
  seen(doing)
  const shown = person.shown.length === 0 ? undefined : prng.pick(person.shown)
  switch (doing) {
    case "look":
      return yield* Shop.look(shop, person, prng.pick(Shop.placements))
    case "tell":
      return yield* shown === undefined ? Shop.look(shop, person, prng.pick(Shop.placements)) : Shop.tell(shop, shown)
    case "buy": {
      if (shown === undefined) return yield* Shop.look(shop, person, prng.pick(Shop.placements))
      const bought = newPurchase(shop, shown)
      const outcome = yield* Shop.buy(shop, bought)
      if (outcome === "Validated" || outcome === "Pending") {
        person.bought.push(bought)
        sold.push(bought)
      }
      return
    }
    case "again":
      return yield* person.bought.length === 0 ? Effect.void : Shop.buy(shop, prng.pick(person.bought))
    case "contest":
      return yield* shown?.paywall.attribution === undefined || sold.length === 0
        ? Effect.void
        : contest(shop, shown, prng.pick(prng.chance(0.5) && person.bought.length > 0 ? person.bought : sold))
    case "invalidate":
      return yield* shop.pricing.invalidate(Shop.customerOf(person))
    case "logIn":
      yield* shop.pricing.invalidate(Shop.customerOf(person))
      person.isLoggedIn = !person.isLoggedIn
      return
    case "prefetch":
      return void (yield* shop.pricing.prefetch(Shop.placements.slice(0, 2), Shop.customerOf(person)))
    case "fault":
      return yield* fault(shop)
    case "cutLook":
      return yield* cut(shop, Shop.look(shop, person, prng.pick(Shop.placements)))
    case "cutTell":
      if (shown === undefined) return
      oracle.impression(shown, true)
      person.unsure.push(shown)
      return yield* cut(shop, shop.pricing.recordImpression(Shop.presented(shown, prng)))
    case "cutBuy": {
      if (shown?.paywall.attribution === undefined) return
      const bought = newPurchase(shop, shown)
      person.unsure.push(bought)
      const { attribution } = shown.paywall
      return yield* cut(shop, shop.pricing.validatePurchase({ attribution, transaction: Shop.transactionOf(bought) }))
    }
  }
})

/** Whoever was cut off tells again. */
export const tellAgain = (shop: Shop.Shop, person: Shop.Person) =>
  Effect.forEach(person.unsure, (one): Effect.Effect<unknown, unknown> => {
    if (!("store" in one)) return Shop.tell(shop, one)
    person.bought.push(one)
    return Shop.buy(shop, one)
  }, { discard: true })
