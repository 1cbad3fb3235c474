// `scatterlab filters`: the wavelets of a transform as a figure, and their Fourier transforms, which are real, as an array.
import { existsSync } from 'node:fs'
import { type Figure, filterMosaic, linePlot } from '@scatterlab/figures'
import { filterBank1d, filterBank2d, littlewoodPaley, toGrid } from '@scatterlab/wavelets'
import { UsageError } from '../errors.ts'
import { exitCodes } from '../exit-codes.ts'
import { writeArray } from '../shards/write-array.ts'
import { writeWhole } from '../shards/whole-file.ts'

/** What was given. */
export interface FiltersFlags {
  readonly output: string
  readonly of: 'images' | 'sounds'
  readonly scales?: number
  readonly orientations?: number
  readonly q?: number
  readonly size?: number
  readonly overwrite?: true
  readonly json?: true
}

/** Filters in Fourier, [filters, …grid], the low-pass last. */
interface Drawn {
  readonly figure: Figure
  readonly filters: Float32Array
  readonly shape: readonly [number, ...number[]]
}

/** Writes both files, and gives the exit code. */
export async function filters(flags: FiltersFlags): Promise<number> {
  const { output, json } = flags
  if (!/\.(svg|png)$/i.test(output)) throw new UsageError('BAD_OPTION', `-o ${output}: end it in .svg or .png`)
  const array = output.replace(/\.[^.]*$/, '.npy')
  for (const file of [output, array]) {
    if (existsSync(file) && !flags.overwrite)
      throw new UsageError('EXISTS', `${file} is there already; give --overwrite, or another -o`)
  }
  const drawn = flags.of === 'images' ? ofImages(flags) : ofSounds(flags)
  const { figure, filters: numbers, shape } = drawn
  const content = /\.svg$/i.test(output) ? figure.svg : await figure.png()
  await writeWhole(output, async (file) => file.appendFile(content))
  await writeArray(array, numbers, shape)
  if (json) process.stdout.write(`${JSON.stringify({ figure: output, array, shape })}\n`)
  else
    process.stdout.write(
      `${output}: the wavelets\n${array}: ${shape.join(' × ')}, their Fourier transforms, the low-pass last\n`,
    )
  return exitCodes.done
}

function ofImages({ scales = 3, orientations = 8, q, size = 32 }: FiltersFlags): Drawn {
  if (q !== undefined) throw new UsageError('BAD_OPTION', '--q is for --of sounds: leave it out')
  const bank = filterBank2d({ shape: [size, size], scales, orientations })
  const { rows, columns } = bank.phi.atLevel(0)
  const phi = Float32Array.from({ length: size * size }, (_, i) => rows[Math.floor(i / size)] * columns[i % size])
  const psi = bank.psi.map(({ atLevel }) => Float32Array.from(toGrid(atLevel(0))))
  const { lower, upper } = littlewoodPaley(bank)
  const figure = filterMosaic({
    filters: psi.map((data) => ({ data, shape: [size, size] })),
    lowpass: { data: phi, shape: [size, size] },
    origin: 'corner',
    rowLabels: Array.from({ length: scales }, (_, j) => `j = ${j}`),
    columnLabels: Array.from({ length: orientations }, (_, l) => `${l}π/${orientations}`),
    title: `In Fourier; Littlewood–Paley sum from ${lower.toFixed(2)} to ${upper.toFixed(2)}`,
  })
  return { figure, ...joined([...psi, phi], [size, size]) }
}

function ofSounds({ scales = 8, orientations, q = 8, size = 4096 }: FiltersFlags): Drawn {
  if (orientations !== undefined) throw new UsageError('BAD_OPTION', '--orientations is for --of images: leave it out')
  const bank = filterBank1d({ length: size, scales, waveletsPerOctave: q })
  const all = [...bank.psi, bank.phi].map((filter) => Float32Array.from(toGrid(filter.atLevel(0))))
  const half = Array.from({ length: Math.min(512, size / 2) }, (_, i) =>
    Math.max(1, Math.round((i * size) / 2 / Math.min(512, size / 2))),
  )
  const figure = linePlot({
    title: `${bank.psi.length} wavelets and the low-pass, in Fourier`,
    x: { label: 'cycles per sample', scale: 'log' },
    y: { label: 'transfer function' },
    series: all.map((filter, n) => ({
      label: n === bank.psi.length ? 'φ' : n === 0 ? 'ψ' : '',
      x: half.map((k) => k / size),
      y: half.map((k) => filter[k]),
      dashed: n === bank.psi.length,
      markers: false,
    })),
  })
  return { figure, ...joined(all, [size]) }
}

function joined(all: readonly Float32Array[], grid: readonly number[]): Pick<Drawn, 'filters' | 'shape'> {
  const numbers = new Float32Array(all.length * all[0].length)
  for (const [i, filter] of all.entries()) numbers.set(filter, i * filter.length)
  return { filters: numbers, shape: [all.length, ...grid] }
}
