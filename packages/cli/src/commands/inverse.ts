// `scatterlab invert` and `scatterlab synthesise`: back from coefficients and moments, by L-BFGS.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { encodeWav } from '@scatterlab/datasets'
import { readImageBytes } from '@scatterlab/datasets/image'
import { lbfgs } from '@scatterlab/optim'
import { type Inversion, type Invertible, invert, moments2d, synthesise } from '@scatterlab/scattering'
import { createWasmBackend } from '@scatterlab/wasm'
import { encode } from 'fast-png'
import { UsageError } from '../errors.ts'
import { exitCodes } from '../exit-codes.ts'
import { openArray } from '../formats/read-array.ts'
import { Interrupted, interruptible } from '../interrupt.ts'
import { progressOf } from '../progress.ts'
import { tableFile } from '../shards/table.ts'
import { writeWhole } from '../shards/whole-file.ts'
import { writeArray } from '../shards/write-array.ts'
import { scatteringOf } from '../transform/features.ts'
import { type Settings, isOfImages } from '../transform/settings.ts'

interface Flags {
  readonly output: string
  readonly iterations?: number
  readonly seed?: number
  readonly overwrite?: true
  readonly json?: true
  readonly quiet?: boolean
}

/** What was given to `invert`. */
export interface InvertFlags extends Flags {
  readonly row?: number
}

/** What was given to `synthesise`. */
export interface SynthesiseFlags extends Flags {
  readonly size?: number
  readonly scales?: number
  readonly orientations?: number
  readonly order?: number
}

/** Inverts a row, and gives the exit code. */
export async function invertRow(features: string, flags: InvertFlags): Promise<number> {
  const { row = 0, iterations = 100, seed = 0 } = flags
  const settings = await settingsOf(features)
  const isImage = isOfImages(settings.kind)
  checkOutput(flags, isImage ? ['npy', 'png'] : ['npy', 'wav'])
  const source = await openArray(features)
  const [rows, ...shape] = source.shape
  if (row >= rows) throw new UsageError('BAD_OPTION', `--row ${row}: '${features}' has ${rows} rows, numbered from 0`)
  const data = Float32Array.from(await source.read(row, row + 1))
  await source.close()
  const transform = scatteringOf(
    settings,
    createWasmBackend({ threads: availableParallelism() }),
  ) as unknown as Invertible<never>
  return descend('invert', flags, iterations, settings, (onIteration, signal) =>
    invert({ data, shape }, transform, {
      minimise: lbfgs,
      iterations,
      seed,
      signal,
      onIteration,
      ...(isImage && { bounds: { least: 0, most: 1 } }),
    }),
  )
}

/** Makes a texture, and gives the exit code. */
export async function synthesiseImage(image: string, flags: SynthesiseFlags): Promise<number> {
  const { size = 128, scales = 4, orientations = 6, order = 2, iterations = 200, seed = 0 } = flags
  checkOutput(flags, ['npy', 'png'])
  const bytes = await readFile(image).catch((cause: Error) => {
    throw new UsageError('NO_SUCH_INPUT', `'${image}' cannot be read (${cause.message})`, { cause })
  })
  const planes = await readImageBytes(bytes, image, { size, colour: 'grey' })
  const texture = { data: Float32Array.from(planes.data, (byte) => byte / 255), shape: [size, size] }
  const backend = createWasmBackend({ threads: availableParallelism() })
  const moments = moments2d({ shape: [size, size], scales, orientations, maxOrder: order, backend })
  const target = await moments.transform(texture)
  const settings: Settings = { kind: '2d', size: [size, size], channels: 1, options: {} }
  return descend('synthesise', flags, iterations, settings, (onIteration, signal) =>
    synthesise(target, moments, {
      minimise: lbfgs,
      iterations,
      seed,
      signal,
      onIteration,
      bounds: { least: 0, most: 1 },
    }),
  )
}

async function descend(
  name: string,
  { output, json, quiet = false }: Flags,
  iterations: number,
  settings: Settings,
  run: (onIteration: () => void, signal: AbortSignal) => Promise<Inversion>,
): Promise<number> {
  const progress = progressOf({ noun: 'iterations', total: iterations, quiet })
  let result: Inversion
  try {
    result = await interruptible((signal) => run(() => progress.advance(1), signal))
  } catch (error) {
    if (error instanceof Interrupted) return exitCodes.interrupted
    throw error
  } finally {
    progress.close()
  }
  const { x, error, reason } = result
  const data = Float32Array.from(x.data)
  await write(output, data, x.shape, settings)
  const told = { output, shape: x.shape, error, iterations: result.iterations, reason }
  if (json) process.stdout.write(`${JSON.stringify(told)}\n`)
  else {
    const [how, shape] = [
      `relative error ${error.toPrecision(3)} after ${result.iterations} iterations`,
      x.shape.join(' × '),
    ]
    process.stdout.write(
      `${output}: ${shape}; ${name === 'invert' ? 'coefficients' : 'moments'} met to a ${how} (${reason})\n`,
    )
  }
  return exitCodes.done
}

async function settingsOf(features: string): Promise<Settings> {
  const file = tableFile(features)
  const text = await readFile(file, 'utf8').catch((cause: Error) => {
    throw new UsageError(
      'NO_TABLE',
      `'${features}' has no table ${file}, which says what its numbers are (${cause.message})`,
      { cause },
    )
  })
  const { transform } = JSON.parse(text) as { readonly transform?: Settings }
  if (!transform) throw new UsageError('NO_TABLE', `${file} is no table of features: write both anew by transform`)
  return transform
}

function checkOutput({ output, overwrite }: Flags, endings: readonly string[]): void {
  if (!endings.some((ending) => output.toLowerCase().endsWith(`.${ending}`))) {
    throw new UsageError('BAD_OPTION', `-o ${output}: end it in ${endings.map((ending) => `.${ending}`).join(' or ')}`)
  }
  if (existsSync(output) && !overwrite) {
    throw new UsageError('EXISTS', `-o ${output}: it is there already; give --overwrite, or another name`)
  }
}

async function write(
  output: string,
  data: Float32Array,
  shape: readonly number[],
  { channels, options }: Settings,
): Promise<void> {
  if (/\.npy$/i.test(output)) return writeArray(output, data, shape as readonly [number, ...number[]])
  const bytes = /\.png$/i.test(output)
    ? pngOf(data, shape, channels)
    : encodeWav(data, { sampleRate: options.rate ?? 44_100 })
  await writeWhole(output, async (file) => file.appendFile(bytes))
}

/** Planes of numbers from 0 to 1 as an image of bytes. */
function pngOf(data: Float32Array, shape: readonly number[], channels: number): Uint8Array {
  const [height, width] = shape.slice(-2)
  const area = height * width
  const pixels = new Uint8Array(area * channels)
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < area; i++)
      pixels[i * channels + c] = Math.round(255 * Math.min(1, Math.max(0, data[c * area + i])))
  }
  if (channels !== 1 && channels !== 3)
    throw new UsageError('BAD_OPTION', `${channels} channels make no .png: write .npy`)
  return encode({ data: pixels, width, height, channels, depth: 8 })
}
