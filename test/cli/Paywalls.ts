/** What `paywall --json` prints, with this payload in its attribution. */
export const served = (payload: unknown, provider = "botsi"): string =>
  JSON.stringify({
    ...JSON.parse(bundled),
    provider,
    attribution: {
      provider,
      placement: "p",
      paywallId: "100",
      subject: { kind: "customerUserId", value: "u" },
      enrolled: true,
      fetchedAt: "2026-01-01T00:00:00.000Z",
      payload
    },
    provenance: { source: "live", fetchedAt: "2026-01-01T00:00:00.000Z", notes: [], attempts: [] }
  })

/** What it would print of a paywall that no vendor served. */
export const bundled = JSON.stringify({
  provider: "botsi",
  id: "100",
  placement: "p",
  products: [],
  experiment: { _tag: "None" },
  provenance: { source: "bundled", fetchedAt: "2026-01-01T00:00:00.000Z", notes: [], attempts: [] }
})
