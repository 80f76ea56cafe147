import { suite } from "./Trial.ts"

suite("botsi")
