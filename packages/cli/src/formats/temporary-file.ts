// What must be read at any place and comes in one stream only, put into a file: in the folder of temporaries, or once for all in a folder that processes share.
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeWhole } from '../shards/whole-file.ts'

/** A file that is there whole. */
export interface Temporary {
  readonly path: string
  /** Takes it away, unless others may use it. */
  remove(): Promise<void>
}

/** `chunks` in a file of their own. Rejects with what they throw, and `NOT_WRITTEN`; nothing is left then. */
export async function temporaryFile(chunks: AsyncIterable<Uint8Array>): Promise<Temporary> {
  const folder = await mkdtemp(join(tmpdir(), 'scatterlab-'))
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true })
  const path = join(folder, 'array')
  try {
    await write(path, chunks)
  } catch (error) {
    await remove()
    throw error
  }
  return { path, remove }
}

/**
 * What `chunks` gives of `file`, in `folder`: where it is there already, it is taken as it is. It is known by the size of `file`, the time of its last change (ctime) and
 * `part`; the folder's owner removes it. Without a folder it is a temporary file.
 */
export async function expandedFile(
  file: string,
  part: string,
  folder: string | undefined,
  chunks: () => AsyncIterable<Uint8Array>,
): Promise<Temporary> {
  if (folder === undefined) return temporaryFile(chunks())
  const { size, ctimeMs } = await stat(file)
  const key = createHash('sha256')
    .update(JSON.stringify([part, size, ctimeMs]))
    .digest('hex')
    .slice(0, 16)
  const path = join(folder, `input-${key}`)
  const isThere = await stat(path).then(
    () => true,
    () => false,
  )
  if (!isThere) {
    await mkdir(folder, { recursive: true })
    await write(path, chunks())
  }
  return { path, remove: () => Promise.resolve() }
}

const write = (path: string, chunks: AsyncIterable<Uint8Array>): Promise<void> =>
  writeWhole(path, async (file) => {
    for await (const chunk of chunks) await file.writeFile(chunk)
  })

/** Beyond this, what expands more than a hundredfold is taken for a trap: numbers that were measured do not. */
const SUSPECT = { bytes: 2 ** 31, ratio: 100 } as const

/** Whether `compressed` bytes that become `expanded` are a bomb. */
export const isBomb = (compressed: number, expanded: number): boolean =>
  expanded > SUSPECT.bytes && expanded > SUSPECT.ratio * compressed
