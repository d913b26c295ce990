/** 128 bits that stand for a text: two xxh64 of it, differently seeded. */
import createHasher from 'xxhash-wasm'

/** 32 hexadecimal digits. */
export type Digest = string

/** Makes the digest of an item's canonical text, or of its bytes as they came. */
export type DigestOf = (text: string | Uint8Array) => Digest

const SEEDS = [0x9e3779b97f4a7c15n, 0xc2b2ae3d27d4eb4fn] as const

/** Compiles the WebAssembly hash; called once in each thread. */
export async function openDigest(): Promise<DigestOf> {
  const { h64Raw } = await createHasher()
  return (text) => {
    const bytes = typeof text === 'string' ? Buffer.from(text) : text
    return hexadecimal(h64Raw(bytes, SEEDS[0])) + hexadecimal(h64Raw(bytes, SEEDS[1]))
  }
}

const hexadecimal = (hash: bigint) => hash.toString(16).padStart(16, '0')
