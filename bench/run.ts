/**
 * `npm run bench -- [name] …`: each benchmark is a program and gets the arguments after its name.
 */
const BENCHMARKS = {
  replay: () => import('./replay.ts'),
  cost: () => import('./cost.ts'),
  kernel: () => import('./kernel.ts'),
  scale: () => import('./scale.ts'),
  'dynamodb-local': () => import('./dynamodb-local.ts'),
  threads: () => import('./in-thread/threads.ts'),
  strategies: () => import('./strategies.ts'),
  drift: () => import('./drift/drift.ts'),
  repair: () => import('./repair/repair.ts'),
  memory: () => import('./memory/memory.ts'),
  start: () => import('./start/start.ts'),
  shards: () => import('./scale-out/shards.ts'),
  fingerprint: () => import('./fingerprint.ts'),
  overhead: () => import('./scale-out/overhead.ts'),
}

const [first = 'replay'] = process.argv.slice(2)
const isNamed = Object.hasOwn(BENCHMARKS, first)
if (isNamed) process.argv.splice(2, 1)
else if (!/^(\d+$|--)/.test(first)) {
  console.error(`Expected one of ${Object.keys(BENCHMARKS).join(', ')}, got ${first}`)
  process.exit(2)
}
// Otherwise the SDK warns on every thread that it is going to drop this version of Node.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'
await BENCHMARKS[isNamed ? (first as keyof typeof BENCHMARKS) : 'replay']()
