/** 128 bits that stand for an item: two xxh64 of its canonical text, differently seeded. */
import createHasher from 'xxhash-wasm'

/** 32 hexadecimal digits. */
export type Digest = string

export type DigestOf = (canonicalText: string) => Digest

const SEEDS = [0x9e3779b97f4a7c15n, 0xc2b2ae3d27d4eb4fn] as const

/** Compiles the WebAssembly hash; once a thread. */
export async function openDigest(): Promise<DigestOf> {
  const { h64Raw } = await createHasher()
  return (canonicalText) => {
    const bytes = Buffer.from(canonicalText)
    return SEEDS.map((seed) => h64Raw(bytes, seed).toString(16).padStart(16, '0')).join('')
  }
}
