import { suite } from "./Trial.ts"

suite("corrily")
