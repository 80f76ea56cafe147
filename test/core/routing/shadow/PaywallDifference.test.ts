import { assert, describe, it } from "@effect/vitest"
import type { Attribution, Paywall, Product } from "@priceport/core"
import * as PaywallDifference from "@priceport/core/routing/PaywallDifference"
import { BigDecimal } from "effect"
import * as Stub from "../../Stub.ts"

type Side = Partial<Paywall.Paywall>

const product = (id: string, facts: Partial<Product.Product> = {}): Product.Product => ({
  id,
  offerIds: [],
  features: [],
  ...facts
})

const paywall = (side: Side): Paywall.Paywall => ({ ...Stub.paywall, ...side })

/** One product, and what is known of it. */
const one = (facts: Partial<Product.Product>): Side => ({ products: [product("pro", facts)] })

const priced = (display: string, more: Partial<Product.Price> = {}): Side => one({ price: { display, ...more } })

const exact = (amount: string, currency: string) => ({ amount: BigDecimal.fromStringUnsafe(amount), currency })

const per = (count: number, unit: Product.Period["unit"]): Side => one({ period: { unit, count } })

const trial = (days: number, type?: string): Side => one({ trial: { days, ...(type !== undefined && { type }) } })

const unenrolled: Attribution.Attribution = { ...Stub.attribution, enrolled: false }

const pro = product("pro")
const max = product("max")

/** What each pair is, the kinds of its material differences, and those of its benign ones. */
const pairs: ReadonlyArray<
  readonly [
    name: string,
    Side,
    Side,
    material: ReadonlyArray<PaywallDifference.Kind>,
    benign?: ReadonlyArray<PaywallDifference.Kind>
  ]
> = [
  ["two empty paywalls", {}, {}, []],
  ["the same products in the same order", { products: [pro, max] }, { products: [pro, max] }, []],
  ["other names, texts and features", one({ name: "Pro" }), one({ name: "Professional", description: "All" }), []],
  ["another design", { design: { header: "A" } }, { design: { header: "B" }, remoteConfig: 1 }, []],
  ["a product less", { products: [pro, max] }, { products: [pro] }, ["products"]],
  ["a product more", { products: [pro] }, { products: [pro, max] }, ["products"]],
  ["another product", { products: [pro] }, { products: [max] }, ["products", "products"]],
  ["another order", { products: [pro, max] }, { products: [max, pro] }, ["order"]],
  ["a product less, the others in their order", { products: [pro, max, product("go")] }, {
    products: [pro, product("go")]
  }, [
    "products"
  ]],
  ["one product twice", { products: [pro, pro] }, { products: [pro] }, ["products"]],
  ["another base plan", one({ basePlanId: "monthly" }), one({ basePlanId: "yearly" }), ["offers"]],
  ["base plans of one product in another order", {
    products: [product("pro", { basePlanId: "m" }), product("pro", { basePlanId: "y" })]
  }, {
    products: [product("pro", { basePlanId: "y" }), product("pro", { basePlanId: "m" })]
  }, ["order"]],
  ["a base plan that one side does not know", one({ basePlanId: "monthly" }), one({}), [], ["offers"]],
  ["other offers", one({ offerIds: ["intro"] }), one({ offerIds: ["winter"] }), ["offers"]],
  ["the same offers in another order", one({ offerIds: ["a", "b"] }), one({ offerIds: ["b", "a"] }), []],
  ["prices that one side leaves to the store", one({}), priced("$9.99"), [], ["price"]],
  ["the same text", priced("$9.99"), priced("$9.99"), []],
  ["the same text with another kind of space", priced("9,99 €"), priced("9,99\u00a0€"), []],
  ["another amount", priced("$9.99"), priced("$12.99"), ["price"]],
  ["another amount by a cent", priced("$9.99"), priced("$9.98"), ["price"]],
  ["a tenth of the amount", priced("$99.90"), priced("$9.99"), ["price"]],
  ["the same amount in another country's form", priced("1.234,50 €"), priced("€1,234.5"), [], ["price"]],
  ["the same amount with its code", priced("$9.99"), priced("USD 9.99"), [], ["price"]],
  ["a month named in one text", priced("$9.99"), priced("$9.99/month"), [], ["price"]],
  ["months and years named in the texts", priced("$9.99/month"), priced("$9.99/year"), ["price"]],
  ["the same number in another currency's sign", priced("$9.99"), priced("€9.99"), ["currency"]],
  ["a text that holds no number", priced("Free"), priced("$9.99"), ["currency", "price"]],
  ["other currencies, both certain", priced("$9.99", { currency: "USD" }), priced("$9.99", { currency: "CAD" }), [
    "currency"
  ]],
  ["a currency that one side is certain of", priced("$9.99"), priced("$9.99", { currency: "CAD" }), [], ["currency"]],
  ["a sign that the certain currency does not have", priced("9,99 €"), priced("9,99 €", { currency: "USD" }), [
    "currency"
  ]],
  [
    "the same exact amount in other words",
    priced("$10", { money: exact("10.0", "USD") }),
    priced("ten dollars", {
      money: exact("10", "USD")
    }),
    [],
    ["price"]
  ],
  [
    "another exact amount under the same text",
    priced("$10", { money: exact("10.00", "USD") }),
    priced("$10", {
      money: exact("9.99", "USD")
    }),
    ["price"]
  ],
  ["another period", per(1, "month"), per(1, "year"), ["period"]],
  ["a year and twelve months", per(1, "year"), per(12, "month"), []],
  ["a month and thirty days", per(1, "month"), per(30, "day"), ["period"]],
  ["a period that one side does not know", per(1, "month"), one({}), [], ["period"]],
  ["a period in a unit nobody knows", per(1, "month"), per(1, "unknown"), [], ["period"]],
  ["a longer trial", trial(7), trial(14), ["trial"]],
  ["a trial on other terms", trial(7, "free"), trial(7, "paid"), ["trial"]],
  ["a trial that one side does not tell of", trial(7), one({}), [], ["trial"]],
  ["the treated and the others", { experiment: { _tag: "Treatment", variant: "32" } }, {
    experiment: { _tag: "Control", variant: "32" }
  }, ["experiment"]],
  ["no experiment and an arm", { experiment: { _tag: "None" } }, { experiment: { _tag: "Treatment" } }, ["experiment"]],
  ["another variant of one vendor", { experiment: { _tag: "Treatment", variant: "32" } }, {
    experiment: { _tag: "Treatment", variant: "33" }
  }, ["experiment"]],
  [
    "the same arm under each vendor's name",
    { experiment: { _tag: "Treatment", variant: "32" } },
    {
      provider: "another",
      experiment: { _tag: "Treatment", variant: "b" }
    },
    [],
    ["experiment"]
  ],
  ["an arm that one side does not tell of", { experiment: { _tag: "Treatment", variant: "32" } }, {}, [], [
    "experiment"
  ]],
  [
    "an arm of one who was not to be enrolled",
    { experiment: { _tag: "Treatment" } },
    {
      experiment: { _tag: "None" },
      attribution: unenrolled
    },
    [],
    ["experiment"]
  ],
  [
    "benign and material ones at once",
    one({ period: { unit: "month", count: 1 }, price: { display: "$9.99" } }),
    priced(
      "$8.99"
    ),
    ["price"],
    ["period"]
  ]
]

const kinds = ({ differences }: PaywallDifference.Comparison, weight: "material" | "benign") =>
  differences.flatMap((difference) => difference.weight === weight ? [difference.kind] : []).toSorted()

describe("PaywallDifference", () => {
  for (const [name, first, second, material, benign = []] of pairs) {
    it(`${name}`, () => {
      for (const [a, b] of [[first, second], [second, first]] as const) {
        const comparison = PaywallDifference.compare(paywall(a), paywall(b))
        assert.deepStrictEqual(kinds(comparison, "material"), [...material], JSON.stringify(comparison.differences))
        assert.deepStrictEqual(kinds(comparison, "benign"), [...benign], JSON.stringify(comparison.differences))
        assert.strictEqual(
          comparison.verdict,
          material.length > 0 ? "material" : benign.length > 0 ? "benign" : "equal"
        )
      }
    })
  }

  it("names what each side has, under the first side's name of the product", () => {
    const first = paywall({ products: [product("pro", { price: { display: "$9.99" } })] })
    const second = paywall({ products: [product("corrily.pro", { price: { display: "$8.99" } })] })
    assert.deepStrictEqual(PaywallDifference.compare(first, second, { products: { pro: "corrily.pro" } }), {
      verdict: "material",
      differences: [{ kind: "price", weight: "material", product: "pro", first: "$9.99", second: "$8.99" }]
    })
  })

  it("gives a list of forty pairs and more", () => {
    assert.isAtLeast(pairs.length, 40)
  })
})
