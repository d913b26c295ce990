/** Options, checked and filled in: what the rest of the program goes by. */
import type { ConnectionSettings } from './groups/connection-options.ts'
import type { CreateSettings } from './groups/create-options.ts'
import type { FileSettings } from './groups/file-options.ts'
import type { FilterSettings } from './groups/items/filter-options.ts'
import type { KeySettings } from './groups/items/key-options.ts'
import type { MaskSettings } from './groups/items/mask-options.ts'
import type { PartSettings } from './groups/items/part-options.ts'
import type { PaceSettings } from './groups/pace-options.ts'
import type { PassSettings } from './groups/pass-options.ts'
import type { PlaceSettings } from './groups/place-options.ts'
import type { RecheckSettings } from './groups/recheck-options.ts'
import type { RepairSettings } from './groups/repair-options.ts'
import type { ResumeSettings } from './groups/resume-options.ts'
import type { SafeguardSettings } from './groups/safeguard-options.ts'
import type { ScanSettings } from './groups/scan-options.ts'
import type { TablesSettings } from './groups/table-options.ts'

export interface Settings
  extends TablesSettings,
    RepairSettings,
    CreateSettings,
    SafeguardSettings,
    RecheckSettings,
    FileSettings,
    KeySettings,
    ScanSettings,
    PlaceSettings,
    FilterSettings,
    PartSettings,
    MaskSettings,
    ConnectionSettings,
    ResumeSettings,
    PassSettings,
    PaceSettings {}
