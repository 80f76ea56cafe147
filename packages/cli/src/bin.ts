#!/usr/bin/env node
import { enableCompileCache } from "node:module"

// Most of a short command's time is compiling its modules: Node keeps the result from one run to the next.
enableCompileCache()
await import("./main.ts")
