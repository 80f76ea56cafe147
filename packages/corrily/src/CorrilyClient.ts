/**
 * A client for Corrily's paywall API, in Corrily's own words.
 *
 * Asking for a paywall is what enrols a customer: Corrily keeps what it first served, and has no call for an impression.
 * Every failure is a `PricingError`.
 *
 * @since 0.1.0
 */
import * as PricingError from "@priceport/core/provider/PricingError"
import type { CallOptions } from "@priceport/core/provider/PricingProvider"
import * as VendorClient from "@priceport/core/provider/VendorClient"
import * as WireSchema from "@priceport/core/provider/WireSchema"
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import * as CorrilySchema from "./CorrilySchema.ts"
import { refusal } from "./internal/errors.ts"

/**
 * Where Corrily's API lives.
 *
 * @category models
 * @since 0.1.0
 */
export const defaultBaseUrl = "https://client.corrily.com"

/**
 * - `apiKey`: from the Resources page of the Corrily dashboard, 1 to 512 visible ASCII characters.
 * - `id`: the name in errors and attributions, `corrily` unless set; two Corrily accounts need two.
 * - `tracePropagation`: sends trace headers to Corrily; off unless set.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly apiKey: Redacted.Redacted
  readonly id?: string | undefined
  readonly baseUrl?: string | undefined
  readonly tracePropagation?: boolean | undefined
}

/**
 * Corrily's paywall API. `timeout` of a call is 3 seconds unless set.
 *
 * @category services
 * @since 0.1.0
 */
export class CorrilyClient extends Context.Service<CorrilyClient, {
  readonly id: string

  /**
   * Asks for a paywall. The country goes out in upper case, each list of coupons as one text with commas, and empty maps
   * are left out.
   */
  readonly paywall: (
    request: CorrilySchema.GetPaywall,
    options?: CallOptions
  ) => Effect.Effect<CorrilySchema.PaywallAnswer, PricingError.PricingError>
}>()("@priceport/corrily/CorrilyClient") {}

/**
 * Makes a client on the `HttpClient` at hand. Fails when the key or the base URL cannot be used.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(
  function*(
    options: Options
  ): Effect.fn.Return<CorrilyClient["Service"], Config.ConfigError, VendorClient.Requirements> {
    const vendor = yield* VendorClient.make({
      provider: options.id ?? "corrily",
      baseUrl: options.baseUrl ?? defaultBaseUrl,
      key: options.apiKey,
      keyHeader: "x-api-key",
      refusal,
      tracePropagation: options.tracePropagation
    })

    return {
      id: vendor.provider,

      paywall: (request, callOptions) => {
        const violation = check(request)
        return violation === undefined
          ? vendor.call({
            operation: "getPaywall",
            method: "POST",
            path: "/v1/paywall",
            body: encode(request),
            ids: [request.user_id, request.ip, ...Object.values(request.features ?? {})],
            decode
          }, callOptions)
          : vendor.refuse(
            "getPaywall",
            new PricingError.InvalidRequest({ field: violation.path, issue: violation.issue })
          )
      }
    }
  }
)

/**
 * Layer that provides a client.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options): Layer.Layer<CorrilyClient, Config.ConfigError, VendorClient.Requirements> =>
  Layer.effect(CorrilyClient, make(options))

/**
 * What `layerConfig` reads: `CORRILY_API_KEY`, and `CORRILY_BASE_URL` where it is not the default.
 *
 * @category config
 * @since 0.1.0
 */
export const config: Config.Config<{ readonly apiKey: Redacted.Redacted; readonly baseUrl: string }> = Config.all({
  apiKey: Config.schema(VendorClient.SecretKey, "CORRILY_API_KEY"),
  baseUrl: Config.schema(VendorClient.BaseUrl, "CORRILY_BASE_URL").pipe(Config.withDefault(defaultBaseUrl))
})

/**
 * Layer that provides a client whose key and base URL come from `config`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerConfig = (
  options: Omit<Options, "apiKey" | "baseUrl"> = {}
): Layer.Layer<CorrilyClient, Config.ConfigError, VendorClient.Requirements> =>
  Layer.effect(CorrilyClient, Effect.flatMap(config, (read) => make({ ...options, ...read })))

const check = WireSchema.check(CorrilySchema.GetPaywall, { unknownMembers: "refuse" })

const decode = WireSchema.reader(CorrilySchema.PaywallAnswer)

const encode = ({ country, coupons, features, ...rest }: CorrilySchema.GetPaywall) => ({
  ...rest,
  ...(country !== undefined && { country: country.toUpperCase() }),
  ...(coupons !== undefined && Object.keys(coupons).length > 0 && {
    coupons: Object.fromEntries(Object.entries(coupons).map(([product, ids]) => [product, ids.join(",")]))
  }),
  ...(features !== undefined && Object.keys(features).length > 0 && { features })
})
