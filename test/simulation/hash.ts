/** Replaces `xxhash-wasm`: compiled once, so that no run waits for it. */
import createHasher from 'xxhash-wasm'

const hasher = await createHasher()

// biome-ignore lint/style/noDefaultExport: it stands in the place of one
export default async () => hasher
