import { Html, html } from "./html.ts"
import { style } from "./htmlStyle.ts"

/** The digest of the style sheet. The page allows this one style, and nothing else: no script, no image, no request. */
const digest = "sha256-8LPT5oEW0+cUuj1L+oLxMPMftCyMhkQOVem/ZW1zQrg="

const policy = `default-src 'none'; style-src '${digest}'; base-uri 'none'; form-action 'none'`

/** A whole page that needs nothing but itself. */
export const page = (title: string, body: Html): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Html(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="priceport">
<title>${title}</title>
<style>${new Html(style)}</style>
</head>
<body>
${body}
</body>
</html>
`.source
