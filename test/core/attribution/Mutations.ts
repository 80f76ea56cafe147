/** A generator of whole numbers below a limit that is the same in every run. */
export const seeded = (seed: number) => {
  let state = seed
  return (limit: number): number => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return ((bits ^ (bits >>> 14)) >>> 0) % limit
  }
}

export type Random = ReturnType<typeof seeded>

export const bytesOf = (token: string): Buffer => Buffer.from(token.slice(4), "base64url")

export const tokenOf = (bytes: Uint8Array): string => `pp1.${Buffer.from(bytes).toString("base64url")}`

/** A token with one bit of its bytes changed. */
export const flip = (bytes: Buffer, bit: number): string => {
  const copy = Buffer.from(bytes)
  copy[bit >> 3]! ^= 1 << (bit & 7)
  return tokenOf(copy)
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

/** Ways to change a token, with another valid token at hand. Some leave it as it was now and then. */
export const mutations: Readonly<Record<string, (token: string, other: string, random: Random) => string>> = {
  "one bit": (token, _, random) => flip(bytesOf(token), random(bytesOf(token).length * 8)),

  "several bits": (token, _, random) => {
    let bytes = bytesOf(token)
    for (let times = 2 + random(20); times > 0; times--) bytes = bytesOf(flip(bytes, random(bytes.length * 8)))
    return tokenOf(bytes)
  },

  "one character": (token, _, random) => {
    const at = random(token.length)
    return token.slice(0, at) + alphabet[random(64)]! + token.slice(at + 1)
  },

  "any character": (token, _, random) => {
    const at = random(token.length)
    return token.slice(0, at) + String.fromCharCode(random(0x300)) + token.slice(at + 1)
  },

  "cut at the end": (token, _, random) => token.slice(0, random(token.length)),
  "cut at the start": (token, _, random) => token.slice(1 + random(token.length - 1)),
  "cut after the prefix": (token, _, random) => `pp1.${token.slice(5 + random(token.length - 5))}`,
  "cut in the middle": (token, _, random) => {
    const at = random(token.length)
    return token.slice(0, at) + token.slice(at + 1 + random(8))
  },
  "whole bytes cut": (token, _, random) => tokenOf(bytesOf(token).subarray(0, -1 - random(20))),

  "longer": (token, _, random) => token + alphabet[random(64)]!.repeat(1 + random(8)),
  "something between": (token, _, random) => {
    const at = random(token.length)
    return token.slice(0, at) + alphabet[random(64)]! + token.slice(at)
  },
  "a part twice": (token, _, random) => {
    const at = 4 + random(token.length - 4)
    return token.slice(0, at) + token.slice(at - random(at))
  },

  "start of one and end of another": (token, other, random) => {
    const at = 4 + random(Math.min(token.length, other.length) - 4)
    return token.slice(0, at) + other.slice(at)
  },
  "the nonce of another": (token, other) =>
    tokenOf(Buffer.concat([bytesOf(other).subarray(0, 27), bytesOf(token).subarray(27)])),
  "the tag of another": (token, other) =>
    tokenOf(Buffer.concat([bytesOf(token).subarray(0, -16), bytesOf(other).subarray(-16)])),
  "the content of another": (token, other) =>
    tokenOf(
      Buffer.concat([bytesOf(token).subarray(0, 27), bytesOf(other).subarray(27, -16), bytesOf(token).subarray(-16)])
    ),
  "two in a row": (token, other) => token + other.slice(4),

  "padding": (token) => token + "=".repeat(4 - token.slice(4).length % 4),
  "one sign of padding": (token) => `${token}=`,
  "the other alphabet": (token) => token.replaceAll("-", "+").replaceAll("_", "/"),
  "white space": (token, _, random) => {
    const at = random(token.length + 1)
    return token.slice(0, at) + ["\n", "\r\n", " ", "\t", "\u00a0", "\u200b", "\u0000"][random(7)]! + token.slice(at)
  },
  "bits to spare": (token, _, random) => {
    const last = alphabet.indexOf(token.at(-1)!)
    const spare = [0, 0, 4, 2][token.slice(4).length % 4]!
    return token.slice(0, -1) + alphabet[last ^ random(1 << spare)]!
  },
  "percent signs": (token, _, random) => {
    const at = random(token.length)
    return `${token.slice(0, at)}%${token.charCodeAt(at).toString(16)}${token.slice(at + 1)}`
  },
  "wide letters": (token, _, random) => {
    const at = random(token.length)
    return token.slice(0, at) + String.fromCharCode(token.charCodeAt(at) + 0xfee0) + token.slice(at + 1)
  },
  "hexadecimal": (token) => `pp1.${bytesOf(token).toString("hex")}`,
  "another case": (token, _, random) =>
    [token.toUpperCase(), token.toLowerCase(), `PP1.${token.slice(4)}`, `Pp1.${token.slice(4)}`][random(4)]!,
  "another prefix": (token, _, random) =>
    ["", "pp0.", "pp2.", "pp1", "pp1..", "pp1,", ".pp1.", "pp1.pp1.", "pp1.1.", "pk1."][random(10)]! + token.slice(4)
}
