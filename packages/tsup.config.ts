import { defineConfig } from "tsup"

/** Shared by every package: tsup looks for its configuration upwards from the package it runs in. */
export default defineConfig({
  entry: ["src/**/*.ts"],
  format: "esm",
  target: "es2023",
  bundle: false,
  sourcemap: true,
  clean: true,
  silent: true,
  plugins: [
    {
      // One module in, one module out: only the extension of relative imports changes, so source maps stay true.
      name: "relative-imports",
      renderChunk: (code) => ({
        code: code.replace(/\b(from |import |import\()"(\.\.?\/[^"\n]+)\.ts"/g, "$1\"$2.js\"")
      })
    }
  ]
})
