// An array in memory as a file, whole or not at all.
import { rm } from 'node:fs/promises'
import { openWriter } from '../formats/open-writer.ts'
import { besides, moveInto, notWritten } from './whole-file.ts'

/** Writes .npy of 32-bit floats. Throws {@link CliError} `NOT_WRITTEN`. */
export async function writeArray(
  file: string,
  numbers: Float32Array,
  shape: readonly [number, ...number[]],
): Promise<void> {
  const unfinished = besides(file)
  try {
    const writer = await openWriter(unfinished, { format: 'npy', dtype: 'float32', shape })
    await writer.write(numbers)
    await writer.close()
    await moveInto(unfinished, file)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw notWritten(file, error)
  }
}
