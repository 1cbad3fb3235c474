// `scatterlab transform` with a pipe at either end: a block of rows at a time, nothing kept.
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { UsageError } from '../errors.ts'
import { exitCodes } from '../exit-codes.ts'
import { streamNpy } from '../formats/npy-pipe.ts'
import { STANDARD_STREAM, openWriter } from '../formats/open-writer.ts'
import { arrayItems } from '../inputs/array-items.ts'
import type { Items } from '../inputs/items.ts'
import { listInput } from '../inputs/listing.ts'
import { openItems } from '../inputs/open-items.ts'
import { Interrupted, interruptible } from '../interrupt.ts'
import { tableFile, writeTable } from '../shards/table.ts'
import { besides, moveInto, notWritten } from '../shards/whole-file.ts'
import { backEnd } from '../transform/back-ends.ts'
import { featureMaker } from '../transform/features.ts'
import { type Kind, isOfImages } from '../transform/settings.ts'
import { computingOf, formatOf, readingOf, transformOf } from './options.ts'
import type { TransformCommandFlags } from './transform.ts'

/** Items at a time. */
const STEP = 64

/** Runs it, and gives the exit code. What cannot be read ends it: a pipe has promised its number of rows. */
export async function pipe(input: string, flags: TransformCommandFlags): Promise<number> {
  const { output, dtype, resume, overwrite, shard } = flags
  if (resume || shard !== undefined) {
    throw new UsageError('BAD_OPTION', `--${resume ? 'resume' : 'shard'} needs files at both ends, not a pipe`)
  }
  if (output !== STANDARD_STREAM && existsSync(output) && !overwrite) {
    throw new UsageError('EXISTS', `-o ${output}: it is there already; give --overwrite, or another name`)
  }
  const format = formatOf(flags)
  const isPipe = output === STANDARD_STREAM
  const path = isPipe ? output : besides(output)
  try {
    await interruptible(async (signal) => {
      const { items, kind } = await openEither(input, flags)
      const { size, channels, count } = items
      const settings = { kind, size, channels, options: transformOf(flags) }
      const backend = backEnd(computingOf(flags), flags.threads ?? availableParallelism())
      const maker = featureMaker(settings, backend)
      const shape = [count, ...maker.rowShape] as const
      const writer = await openWriter(path, { format, dtype, shape })
      try {
        for (let at = 0; at < count; at += STEP) {
          signal.throwIfAborted()
          const { data, unreadable } = await items.read(at, Math.min(count, at + STEP), () => {})
          if (unreadable.length > 0) {
            const [{ name, reason }] = unreadable
            throw new UsageError(
              'UNREADABLE',
              `${name}: ${reason}; a pipe leaves nothing out: write to a file, or from one`,
            )
          }
          await writer.write(maker.rows(data))
        }
        await writer.close()
        if (isPipe) return
        const names = Array.from({ length: count }, (_, i) => String(i))
        const head = {
          plan: null,
          content: null,
          files: null,
          input: 'array',
          shape,
          dtype,
          transform: settings,
          reading: readingOf(flags),
        }
        await writeTable(tableFile(output), head, { paths: maker.paths, unreadable: [], names })
        await moveInto(path, output)
      } catch (error) {
        await writer.abort()
        if (!isPipe) await rm(path, { force: true })
        throw isPipe ? error : notWritten(output, error)
      } finally {
        maker.close()
        await items.close()
      }
    })
    return exitCodes.done
  } catch (error) {
    if (error instanceof Interrupted) return exitCodes.interrupted
    throw error
  }
}

/** The items of a file, of a folder, or of an array that comes through the pipe. */
async function openEither(
  input: string,
  flags: TransformCommandFlags,
): Promise<{ readonly items: Items; readonly kind: Kind }> {
  if (input !== STANDARD_STREAM) {
    const listing = await listInput(input)
    const kind = flags.transform ?? (listing.kind === 'sounds' ? '1d' : '2d')
    return { kind, items: await openItems(listing, readingOf(flags), { ofImages: isOfImages(kind) }) }
  }
  const kind = flags.transform ?? '2d'
  const source = await streamNpy(process.stdin as AsyncIterable<Uint8Array>, 'standard input')
  return { kind, items: await arrayItems(source, isOfImages(kind), 'standard input') }
}
