/** Options that pick lines of a file: by kind, by what changes, and by key. */
import type { Group, OptionsOf } from '../option.ts'

export const SELECTION_OPTIONS = {
  /** Only these kinds of differences: `missing`, `differing` or `extra`. */
  kind: {
    flag: 'kind',
    kind: 'texts',
    value: 'kind',
    offers: ['missing', 'differing', 'extra'],
    only: ['apply', 'show'],
    help: 'Only differences of this kind: missing, differing or extra; repeatable',
  },
  /** Only items that differ at one of these places: an attribute, or a path inside one. */
  attribute: {
    flag: 'attribute',
    kind: 'texts',
    value: 'path',
    mayHoldCommas: true,
    only: ['apply', 'show'],
    help: 'Only items that differ in this attribute, or at this path inside one (address.geo[1]); repeatable',
    more: 'A name with a dot, bracket, comma or blank in it is quoted: `\'"a.b".c\'`. `apply` writes the whole of each such item, whatever else differs in it.',
  },
  /** Leave the keys in this file as they are: JSON lines, or lines of a report or a plan. */
  exceptKeys: {
    flag: 'except-keys',
    kind: 'text',
    value: 'file',
    mayBeStream: true,
    only: ['apply'],
    help: 'Leave the keys in this file as they are: JSON lines, or lines of a report; - is standard input',
  },
  /** An older report to compare with. */
  since: {
    flag: 'since',
    kind: 'text',
    value: 'file',
    only: ['show'],
    help: 'Compare with this older report: what is new, and what is gone; exit code 1 where something is new',
  },
} as const satisfies Group

export type SelectionOptions = OptionsOf<typeof SELECTION_OPTIONS>
