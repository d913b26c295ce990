/** Tags of a table. An engine may know none, and a role may be denied them. */
import { ListTagsOfResourceCommand, type Tag, TagResourceCommand } from '@aws-sdk/client-dynamodb'
import {
  type ControlPlane,
  type ControlPlaneOptions,
  type Described,
  openControlPlane,
} from './control-plane.ts'

/** Under which masks a table was made and filled. */
export const MASKS_TAG = 'tablesync:masks'

/** All tags that somebody gave: those of AWS itself are left out. */
export async function tagsOf(
  { sdk, askOnceOrTwice }: Pick<ControlPlane, 'sdk' | 'askOnceOrTwice'>,
  ResourceArn: string,
): Promise<Tag[]> {
  const tags: Tag[] = []
  let NextToken: string | undefined
  do {
    const command = new ListTagsOfResourceCommand({ ResourceArn, NextToken })
    const answer = await askOnceOrTwice('ListTagsOfResource', (sending) =>
      sdk.send(command, sending),
    )
    tags.push(...(answer.Tags ?? []))
    NextToken = answer.NextToken
  } while (NextToken)
  return tags.filter(({ Key }) => Key?.startsWith('aws:') === false)
}

/**
 * The masks that a table is tagged with. Undefined: it has no such tag, or nobody may say.
 *
 * @throws the reason of `ending`, once that is aborted
 */
export async function masksTagOf(
  access: Described,
  arn: string,
  options: ControlPlaneOptions,
): Promise<string | undefined> {
  const plane = openControlPlane(access, options)
  try {
    const tags = await tagsOf(plane, arn)
    return tags.find(({ Key }) => Key === MASKS_TAG)?.Value
  } catch {
    options.ending?.throwIfAborted()
    return undefined
  } finally {
    plane.close()
  }
}

/** @throws TablesyncError, classified by `request-errors.ts` */
export async function tagWithMasks(
  access: Described,
  arn: string,
  ...[masks, options]: [masks: string, options: ControlPlaneOptions]
): Promise<void> {
  const { sdk, askOnceOrTwice, close } = openControlPlane(access, options)
  try {
    const Tags = [{ Key: MASKS_TAG, Value: masks }]
    const command = new TagResourceCommand({ ResourceArn: arn, Tags })
    await askOnceOrTwice('TagResource', (sending) => sdk.send(command, sending))
  } finally {
    close()
  }
}
