/** What a page may be about, and the words of its verdict: only a comparison knows whole tables. */

export interface Subject {
  readonly title: string
  /** Before what was written. */
  readonly done: string
  /** If nothing is left. */
  readonly inSync: string
  /** Before what is left. */
  readonly left: string
}

export const SUBJECTS = {
  comparison: {
    title: 'Comparison',
    done: 'Repaired',
    inSync: 'In sync',
    left: 'Different',
  },
  'listed keys': {
    title: 'Comparison of listed keys',
    done: 'Repaired',
    inSync: 'In sync for the listed keys',
    left: 'Different',
  },
  plan: {
    title: 'Repair by a plan',
    done: 'Repaired',
    inSync: 'Nothing of the plan is left',
    left: 'Left',
  },
  journal: {
    title: 'Undo',
    done: 'Undone',
    inSync: 'Nothing of the journal is left',
    left: 'Left',
  },
} as const satisfies Readonly<Record<string, Subject>>

export type SubjectName = keyof typeof SUBJECTS
