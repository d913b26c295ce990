/** Finds replicas by the label that plans and journals know them under. */
import type { TableIndex } from '../../model/tables/table.ts'
import type { Tables } from './table-inspection.ts'

/** The last such table: the stand-in for the master of an undo has the label of a replica. */
export const replicaOfLabel = ({ access }: Tables, label: string): TableIndex =>
  access.findLast((table) => table.label === label)?.index as TableIndex
