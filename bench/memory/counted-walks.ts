/**
 * Replaces the modules that walk bytes in a copy of the engine, and adds up how many bytes are
 * walked. Each call appends to a file, since threads end without saying goodbye. A page is walked
 * in few calls, so that this costs little; time is not measured with it.
 *
 * To adapt it: `WALKS` in `counted-engine.ts` names the modules that are replaced, and each function
 * of this file stands for one of theirs.
 */
import { appendFileSync, readFileSync } from 'node:fs'
import {
  walkItems as walkItemsOfPage,
  walkOne as walkOneOfPage,
} from '../../lib/item/bytes/walk.ts'
import { theKernel as kernelOfThread } from '../../lib/item/kernel/kernel.ts'

const FILE = process.env['TABLESYNC_BENCH_WALKED'] ?? ''

function note(bytes: number): void {
  appendFileSync(FILE, `${bytes}\n`)
}

/** All bytes that were walked so far, by all threads. */
export const walkedBytes = () =>
  readFileSync(FILE, 'utf8')
    .split('\n')
    .reduce((sum, line) => sum + Number(line), 0)

export const walkItems: typeof walkItemsOfPage = (bytes, at, names) => {
  const walked = walkItemsOfPage(bytes, at, names)
  note(walked.end - at)
  return walked
}

export const walkOne: typeof walkOneOfPage = (bytes, at, names) => {
  const spans = walkOneOfPage(bytes, at, names)
  note((spans[1] ?? at) - at)
  return spans
}

type Kernel = ReturnType<typeof kernelOfThread>

let counted: Kernel | undefined

export function theKernel(): Kernel {
  counted ??= counting(kernelOfThread())
  return counted
}

/**
 * A kernel whose walks are noted: those along the items of a page, by which their keys are found, and
 * those that compare items one by one. To find where items begin (`starts`) is no walk.
 */
function counting(kernel: Kernel): Kernel {
  const { walk, walkList, lastStart, alikeRun } = kernel
  kernel.walk = (bytes, list, names) => {
    note(list.end - list.start)
    return walk.call(kernel, bytes, list, names)
  }
  kernel.lastStart = (bytes, list, names) => {
    note(list.end - list.start)
    return lastStart.call(kernel, bytes, list, names)
  }
  kernel.walkList = (bytes, list, names) => {
    const walked = walkList.call(kernel, bytes, list, names)
    note((walked?.end ?? list.start) - list.start)
    return walked
  }
  kernel.alikeRun = (a, b) => {
    const run = alikeRun.call(kernel, a, b)
    note(run.a - a.at + run.b - b.at)
    return run
  }
  return kernel
}
