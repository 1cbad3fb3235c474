// Convolution and its gradients on images in the heap. A chunk of images is laid out with its channels innermost and its
// border filled with zeros, so that every window is a few runs of contiguous numbers: products then need no copy of the
// windows (no im2col). The gradient by the input is a convolution as well, of each phase of its pixels modulo the stride.
import type { ConvolutionAlgorithm, ConvolutionShape } from '@scatterlab/tensor/operations'
import { schemeFor } from './choice.ts'
import { type Chunk, chunkOf, chunkPlaces, runsOf } from './chunks.ts'
import type { HeapArray } from '../memory/heap-array.ts'
import {
  type Part,
  biasOf,
  channelsOf,
  fillPlane,
  packGradient,
  packWeights,
  unpackResult,
  unpackSums,
} from './parts.ts'
import type { Scheme } from './axis-transforms.ts'
import { MinimalFiltering } from './minimal-filtering.ts'
import { type LayoutKernel, layoutModule } from './layout.ts'
import { type ConvolutionKernel, convolutionModule, panelsOf } from './tile.ts'
import { type AxisWindows, adjacent, adjointAxis, convolutionAxis } from './windows.ts'
import { type Argument, type Crew, Crews, call, shifted } from '../threads/crew.ts'
import { type Address, type Heap, OutOfMemoryError } from '../memory/heap.ts'
import type { Tile } from '../matmul/tile.ts'
import type { Call, Program, Workers } from '../threads/workers.ts'

/** Pixels that the gradient by the weights sums at a time: what it reads of them stays in the first-level cache. */
const SUM_PIXELS = 256
/** The gradient by the weights is summed over slices of the batch, at most so many and so many bytes of sums. */
const MOST_SLICES = 16
const SLICES_BYTES = 2 ** 22
/** Multiply–adds below which waking threads costs more than it gains. */
const LEAST_WORK = 4e6
/** Chunks for each thread: more than one, so that a thread that is disturbed does fewer. */
const CHUNKS_PER_THREAD = 3

type Kernel = ConvolutionKernel | LayoutKernel

/** A convolution from `source` to `target`, whichever of its three views were called so. */
export interface Correlation {
  readonly source: HeapArray
  readonly target: HeapArray
  readonly y: AxisWindows
  readonly x: AxisWindows
  readonly weights: Address
  /** Bytes from one weight to the next along source channels, target channels, and the window. */
  readonly strides: readonly [source: number, target: number, y: number, x: number]
  readonly groups: number
  /** Bytes from a group's weights to the next group's. */
  readonly groupStep: number
  readonly bias: HeapArray | undefined
}

/** Convolutions on one heap, for one tile. Not for two threads at a time. */
export class Convolution {
  readonly tile: Tile
  readonly #heap: Heap
  readonly #crews: Crews<Kernel>
  readonly #workers: () => Workers | null
  readonly #algorithm: ConvolutionAlgorithm
  readonly #minimal = new Map<Scheme, MinimalFiltering>()

  /**
   * `workers` gives the threads when they are first needed, or null where there is one only; `algorithm` is that of
   * convolutions that do not say it.
   */
  constructor(
    heap: Heap,
    tile: Tile,
    workers: () => Workers | null = () => null,
    algorithm: ConvolutionAlgorithm = 'fastest',
  ) {
    this.tile = tile
    this.#algorithm = algorithm
    this.#heap = heap
    this.#workers = workers
    this.#crews = new Crews(heap, [convolutionModule(tile, heap.shared), layoutModule(heap.shared)], workers)
  }

  /** `NetworkOperations.conv2d`. No length of the shape is 0. Throws `OutOfMemoryError`, before anything is written. */
  forward(shape: ConvolutionShape, x: HeapArray, weights: HeapArray, out: HeapArray, bias?: HeapArray): void {
    const [target, source, y, u] = weights.strides
    this.#correlate(shape, {
      source: x,
      target: out,
      y: convolutionAxis(shape.windows, 0, shape.outHeight),
      x: convolutionAxis(shape.windows, 1, shape.outWidth),
      weights: weights.address,
      strides: [source!, target!, y!, u!],
      groups: shape.groups,
      groupStep: (shape.outChannels / shape.groups) * target!,
      bias,
    })
  }

  /** `NetworkOperations.conv2dInputGradient`; likewise. */
  inputGradient(
    shape: ConvolutionShape,
    gradOut: HeapArray,
    weights: HeapArray,
    gradX: HeapArray,
    bias?: HeapArray,
  ): void {
    const [source, target, y, u] = weights.strides
    this.#correlate(shape, {
      source: gradOut,
      target: gradX,
      y: adjointAxis(shape.windows, 0, shape.height),
      x: adjointAxis(shape.windows, 1, shape.width),
      weights: weights.address,
      strides: [source!, target!, y!, u!],
      groups: shape.groups,
      groupStep: (shape.outChannels / shape.groups) * source!,
      bias,
    })
  }

  /** `NetworkOperations.conv2dWeightsGradient`; likewise. How sums are cut does not depend on threads. */
  weightsGradient(shape: ConvolutionShape, x: HeapArray, gradOut: HeapArray, gradWeights: HeapArray): void {
    const { items, groups, outHeight, outWidth } = shape
    const y = convolutionAxis(shape.windows, 0, outHeight)
    const u = convolutionAxis(shape.windows, 1, outWidth)
    const minimal = this.#minimalFor(shape, gradOut, y, u)
    if (minimal && done(() => minimal.weightsGradient(shape, x, gradOut, gradWeights, isLarge(shape)))) return
    const channels = shape.inChannels / groups
    const filters = shape.outChannels / groups
    const { panelBytes, vectors, panels, pitch } = panelsOf(this.tile, filters)
    const sumsBytes = shape.terms * pitch
    const most = Math.max(1, Math.min(MOST_SLICES, Math.floor(SLICES_BYTES / sumsBytes)))
    const perSlice = Math.ceil(items / Math.min(items, most))
    const slices = Math.ceil(items / perSlice)
    const chunk = chunkOf(perSlice, y, u, outHeight, channels, outWidth * pitch)
    const room = chunk.images * chunk.rows * outWidth
    const runs = runsOf(y.phases[0]!, u.phases[0]!, y, u, channels, chunk.planeColumns)
    const crew = this.#crew(shape)
    const { kernels } = crew
    this.#heap.scope(() => {
      const plane = this.#perThread(crew, chunk.images * chunk.planeBytes)
      const gradient = this.#perThread(crew, panels * panelBytes * room)
      const sums = this.#heap.allocate(slices * sumsBytes)
      const places = this.#words(chunkPlaces(chunk, y, u, chunk.rows, outWidth, 4 * channels))
      const none = this.#heap.allocateZeroed(pitch)
      const products = (part: Part, slice: number): Call[] => {
        const own: Argument = { at: sums + slice * sumsBytes, perItem: sumsBytes }
        const calls: Call[] = []
        const pixels = part.images * part.rows * outWidth
        for (let first = 0; first < pixels; first += SUM_PIXELS) {
          for (const [i, offset] of runs.offsets.entries()) {
            calls.push(
              call(
                kernels.outer,
                runs.length,
                Math.min(SUM_PIXELS, pixels - first),
                places + 4 * first,
                shifted(plane, offset),
                shifted(gradient, first * panelBytes),
                panelBytes * room,
                shifted(own, i * runs.length * pitch),
                pitch,
                vectors,
              ),
            )
          }
        }
        return calls
      }
      for (let g = 0; g < groups; g++) {
        const source = channelsOf(x, g * channels, channels)
        const outputs = channelsOf(gradOut, g * filters, filters)
        const stage = (first: number, images: number, row: number): Program[] => {
          const program = (slice: number, count: number, own: number): Program => {
            if (count === 0 || own <= 0) return { count: 0, calls: [] }
            const rows = Math.min(chunk.rows, outHeight - row)
            const part: Part = { first: slice * perSlice + first, perItem: perSlice, images: own, row, rows }
            const calls = [
              ...fillPlane(kernels, chunk, part, source, y, u, plane),
              ...packGradient(kernels, this.tile, part, outputs, gradient, room),
              ...products(part, slice),
            ]
            return { count, calls }
          }
          const left = items - (slices - 1) * perSlice - first
          return [program(0, slices - 1, images), program(slices - 1, 1, Math.min(images, left))]
        }
        const stages: Program[][] = []
        for (let first = 0; first < perSlice; first += chunk.images) {
          for (let row = 0; row < outHeight; row += chunk.rows)
            stages.push(stage(first, Math.min(chunk.images, perSlice - first), row))
        }
        kernels.clear.run(sums, slices * sumsBytes)
        crew.runStages(stages)
        for (let slice = 1; slice < slices; slice++) kernels.add.run(sumsBytes / 4, sums, sums + slice * sumsBytes)
        unpackSums(kernels, channelsOf(gradWeights, g * filters, filters, 0), sums, pitch, none)
      }
    })
  }

  #correlate(shape: ConvolutionShape, of: Correlation): void {
    const minimal = this.#minimalFor(shape, of.target, of.y, of.x)
    if (minimal && done(() => minimal.correlate(of, isLarge(shape)))) return
    const { source, target, y, x, groups } = of
    const [items, , height, width] = target.shape as [number, number, number, number]
    const channels = source.shape[1]! / groups
    const filters = target.shape[1]! / groups
    const { vectors, pitch, panels, panelBytes } = panelsOf(this.tile, filters)
    const crew = this.#crew(shape)
    const { kernels } = crew
    const phases = y.phases.length
    const most = Math.ceil(items / (crew.threads === 1 ? 1 : CHUNKS_PER_THREAD * crew.threads))
    const chunk = chunkOf(most, y, x, y.counts[0]!, channels, phases * width * pitch)
    const imageBytes = chunk.rows * phases * width * pitch
    this.#heap.scope(() => {
      const plane = this.#perThread(crew, chunk.images * chunk.planeBytes)
      const result = this.#perThread(crew, chunk.images * imageBytes)
      const steps = this.#steps(of, chunk, channels, pitch, imageBytes)
      const bias = biasOf(this.#heap, kernels, of.bias, target.shape[1]!)
      const weights = steps.map(({ taps }) => this.#heap.allocateZeroed(panels * panelBytes * taps.length * channels))
      for (let g = 0; g < groups; g++) {
        const inputs = channelsOf(source, g * channels, channels)
        const outputs = channelsOf(target, g * filters, filters)
        for (const [i, { taps }] of steps.entries())
          packWeights(kernels, this.tile, of, g, channels, filters, taps, weights[i]!)
        const calls = (part: Part): Call[] => {
          const list = fillPlane(kernels, chunk, part, inputs, y, x, plane)
          for (const [i, { runs, offsets, places, targets, rows, columns, taps }] of steps.entries()) {
            const pixels = part.images * Math.max(0, Math.min(part.rows, rows - part.row)) * columns
            if (pixels === 0) continue
            list.push(
              call(
                kernels.correlate,
                pixels,
                places,
                targets,
                plane,
                offsets,
                runs.offsets.length,
                runs.length,
                weights[i]!,
                taps.length * channels * panelBytes,
                result,
                vectors,
              ),
            )
          }
          const row = part.row * phases
          const rows = Math.min(part.rows * phases, height - row)
          const own = { ...part, row, rows }
          list.push(...unpackResult(kernels, own, outputs, result, imageBytes, pitch, bias + 4 * g * filters))
          return list
        }
        const programs: Program[] = []
        const whole = Math.floor(items / chunk.images)
        for (let row = 0; row < y.counts[0]!; row += chunk.rows) {
          const rows = Math.min(chunk.rows, y.counts[0]! - row)
          programs.push({
            count: whole,
            calls: calls({ first: 0, perItem: chunk.images, images: chunk.images, row, rows }),
          })
          const images = items - whole * chunk.images
          if (images > 0)
            programs.push({ count: 1, calls: calls({ first: items - images, perItem: 0, images, row, rows }) })
        }
        crew.run(programs)
      }
    })
  }

  /** For every phase along y and x: its taps, and tables of where its pixels lie. */
  #steps({ y, x, target }: Correlation, chunk: Chunk, channels: number, pitch: number, imageBytes: number) {
    const width = target.shape[3]!
    const [phasesY, phasesX] = [y.phases.length, x.phases.length]
    return y.phases.flatMap((tapsY, r) =>
      x.phases.map((tapsX, s) => {
        const [rows, columns] = [y.counts[r]!, x.counts[s]!]
        const own = Math.min(chunk.rows, rows)
        const runs = runsOf(tapsY, tapsX, y, x, channels, chunk.planeColumns)
        const targets = new Int32Array(chunk.images * own * columns)
        for (let n = 0, at = 0; n < chunk.images; n++) {
          for (let i = 0; i < own; i++) {
            for (let j = 0; j < columns; j++, at++)
              targets[at] = n * imageBytes + ((r + i * phasesY) * width + s + j * phasesX) * pitch
          }
        }
        return {
          rows,
          columns,
          runs,
          taps: tapsY.flatMap((i) => tapsX.map((j) => [i.element, j.element] as const)),
          offsets: this.#words(Int32Array.from(runs.offsets)),
          places: this.#words(chunkPlaces(chunk, y, x, own, columns, 4 * channels)),
          targets: this.#words(targets),
        }
      }),
    )
  }

  /** Minimal filtering where it is wanted and possible; undefined otherwise. `y` and `x` are the windows of the sums. */
  #minimalFor(
    shape: ConvolutionShape,
    target: HeapArray,
    y: AxisWindows,
    x: AxisWindows,
  ): MinimalFiltering | undefined {
    const taps = neighbours(y)
    if (taps === null || taps !== neighbours(x)) return undefined
    const scheme = schemeFor(shape, taps, target.shape, this.#algorithm)
    if (scheme === null) return undefined
    const known = this.#minimal.get(scheme)
    if (known !== undefined) return known
    const made = new MinimalFiltering(this.#heap, scheme, this.tile, this.#workers)
    this.#minimal.set(scheme, made)
    return made
  }

  #crew(shape: ConvolutionShape): Crew<Kernel> {
    return this.#crews.for(isLarge(shape))
  }

  /** Work space of which every thread has its own. */
  #perThread({ threads }: Crew<Kernel>, bytes: number): Argument {
    const own = 64 * Math.ceil(bytes / 64)
    return { at: this.#heap.allocate(threads * own), perThread: own }
  }

  #words(values: Int32Array): Address {
    const address = this.#heap.allocate(values.byteLength)
    this.#heap.int32(address, values.length).set(values)
    return address
  }
}

/** Whether waking threads is worth it. */
const isLarge = ({ items, pixels, outChannels, terms }: ConvolutionShape): boolean =>
  items * pixels * outChannels * terms >= LEAST_WORK

/** How many neighbours windows have that step by one; null for others. */
const neighbours = ({ step, phases }: AxisWindows): number | null =>
  step === 1 && phases.length === 1 && adjacent(phases[0]!) ? phases[0]!.length : null

/** Whether minimal filtering did it: its results are finite, and its work space, larger than that of the direct kernels, fitted. */
function done(run: () => boolean): boolean {
  try {
    return run()
  } catch (error) {
    if (error instanceof OutOfMemoryError) return false
    throw error
  }
}
