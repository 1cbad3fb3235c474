// Convolutions of 3×3 or 5×5 filters with stride 1 by minimal filtering (Winograd): tiles of images become points, at each point the
// channels are multiplied by the filters as matrices, and points become tiles of the result. A chunk of tiles goes through
// all steps while it stays in the second-level cache. What is not finite is left to the direct kernels.
import type { ConvolutionShape } from '@scatterlab/tensor/operations'
import { type Scheme, pointsOf } from './axis-transforms.ts'
import type { Chunk } from './chunks.ts'
import type { Correlation } from './convolution.ts'
import { type FilteringKernel, SCRATCH_BYTES, filteringModule } from './filtering-kernels.ts'
import { type LayoutKernel, layoutModule } from './layout.ts'
import { type Part, biasOf, channelsOf, fillPlane, packWeights, unpackSums } from './parts.ts'
import { type ConvolutionKernel, convolutionModule, panelsOf } from './tile.ts'
import { type AxisTiles, axisPart, axisTiles, outputsBefore, tileCount, tilesByClass, tilesByPoint } from './tiling.ts'
import { type AxisWindows, convolutionAxis } from './windows.ts'
import type { HeapArray } from '../memory/heap-array.ts'
import type { Tile } from '../matmul/tile.ts'
import { type Argument, type Crew, Crews, call, shifted } from '../threads/crew.ts'
import type { Address, Heap } from '../memory/heap.ts'
import type { Call, Program, Workers } from '../threads/workers.ts'

/** Bytes of points that are worked on at a time. */
const POINTS_BYTES = 512 * 1024
/** Tiles that are worth reading all filters for, even where they take more. */
const LEAST_TILES = 48
/** The gradient by the filters is summed over slices of the batch: at most so many, and so many bytes, of so many tiles at least. */
const MOST_SLICES = 16
const SLICES_BYTES = 2 ** 25
const SLICE_TILES = 96
/** Chunks for each thread: more than one, so that a thread that is disturbed does fewer. */
const CHUNKS_PER_THREAD = 3
/** Bytes between two arrays of points, so that they do not meet in the same sets of a cache. */
const STAGGER = 64

type Kernel = ConvolutionKernel | LayoutKernel | FilteringKernel

/** Bytes from one image, row and pixel to the next. */
type Steps = readonly [image: number, row: number, pixel: number]

/** Those of planes without gaps. */
const planeSteps = (rows: number, columns: number, pitch: number): Steps => [
  rows * columns * pitch,
  columns * pitch,
  pitch,
]

/** Whole images, or some rows of tiles of one. */
interface Band {
  readonly row: number
  readonly y: AxisTiles
}

/** A chunk of tiles with the tables that kernels read. */
interface TileTables {
  readonly chunk: Chunk
  readonly tiles: number
  readonly classes: readonly {
    readonly name: `${number}x${number}`
    readonly count: number
    /** Tiles before it. */
    readonly first: number
    readonly places: Address
    readonly targets: Address
  }[]
  /** The list of products for `correlateEach` or `outerEach`. */
  readonly products: number
  readonly list: Address
}

/** Minimal filtering by one scheme, on one heap. Not for two threads at a time. */
export class MinimalFiltering {
  readonly scheme: Scheme
  readonly tile: Tile
  readonly #heap: Heap
  readonly #crews: Crews<Kernel>

  /** `workers` gives the threads when they are first needed, or null where there is one only. */
  constructor(heap: Heap, scheme: Scheme, tile: Tile, workers: () => Workers | null) {
    this.scheme = scheme
    this.tile = tile
    this.#heap = heap
    const modules = [
      convolutionModule(tile, heap.shared),
      layoutModule(heap.shared),
      filteringModule(scheme, tile, heap.shared),
    ]
    this.#crews = new Crews(heap, modules, workers)
  }

  /** A convolution with windows of neighbours, as many as the scheme says, and steps of one. False if a result is not finite: it is then undefined. */
  correlate(of: Correlation, isLarge: boolean): boolean {
    const { source, target, y, x, groups } = of
    const [items, , height, width] = target.shape as [number, number, number, number]
    const channels = source.shape[1]! / groups
    const filters = target.shape[1]! / groups
    const { vectors, pitch, panels, panelBytes } = panelsOf(this.tile, filters)
    const crew = this.#crews.for(isLarge)
    const { kernels } = crew
    const [rows, columns] = [axisTiles(height, this.scheme), axisTiles(width, this.scheme)]
    const tileStep = 16 * Math.ceil(channels / 4)
    const most = Math.ceil(items / (crew.threads === 1 ? 1 : CHUNKS_PER_THREAD * crew.threads))
    const { images, bands } = this.#cut(most, rows, columns, tileStep + pitch)
    const tiles = images * tileCount(bands[0]!.y) * tileCount(columns)
    const sourceStep = tiles * tileStep + STAGGER
    const resultStep = tiles * pitch + STAGGER
    const pointCount = pointsOf(this.scheme) ** 2
    const filterBytes = panels * panelBytes * channels
    const filterStep = filterBytes + STAGGER
    return this.#heap.scope(() => {
      const alarm = this.#heap.allocateZeroed(4)
      // whole vectors of channels whose pixels are neighbours are written at once, others go through a buffer
      const [sn, sc, sy, sx] = target.strides as [number, number, number, number]
      const atOnce = sx === 4 && filters % 4 === 0 && rows.covered === height && columns.covered === width
      const tables = (part: AxisTiles, count: number): TileTables =>
        this.#tables(
          part,
          columns,
          count,
          tileStep,
          atOnce ? [sn, sy, sx] : planeSteps(part.covered, columns.covered, pitch),
          ({ point, first }) => [
            point * sourceStep + first * tileStep,
            point * filterStep,
            point * resultStep + first * pitch,
          ],
        )
      const left = items % images
      const cuts = bands.map(({ row, y: part }) => ({
        row,
        y: part,
        whole: tables(part, images),
        rest: left > 0 ? tables(part, left) : null,
      }))
      const { chunk } = cuts[0]!.whole
      const plane = this.#perThread(crew, images * chunk.planeBytes)
      const result = this.#perThread(crew, images * bands[0]!.y.covered * columns.covered * pitch)
      const points = this.#perThread(crew, pointCount * sourceStep)
      const sums = this.#perThread(crew, pointCount * resultStep)
      const scratch = this.#perThread(crew, SCRATCH_BYTES)
      const places = this.#steps(tiles, tileStep)
      const targets = this.#steps(tiles, pitch)
      const none = this.#heap.allocateZeroed(4)
      const bias = biasOf(this.#heap, kernels, of.bias, target.shape[1]!)
      const taps = y.phases[0]!.flatMap((i) => x.phases[0]!.map((j) => [i.element, j.element] as const))
      const packed = this.#heap.allocateZeroed(taps.length * filterBytes)
      const weights = this.#heap.allocate(pointCount * filterStep)
      for (let g = 0; g < groups; g++) {
        const inputs = channelsOf(source, g * channels, channels)
        const outputs = channelsOf(target, g * filters, filters)
        packWeights(kernels, this.tile, of, g, channels, filters, taps, packed)
        const perPanel = channels * panelBytes
        const filter = call(
          kernels.filter,
          perPanel / 16,
          { at: packed, perItem: taps.length * perPanel },
          perPanel,
          { at: weights, perItem: perPanel },
          filterStep,
          scratch,
          alarm,
        )
        crew.run([{ count: panels, calls: [filter] }])
        const calls = (table: TileTables, part: Part, band: AxisTiles): Call[] => {
          const { chunk: within, classes } = table
          const list = fillPlane(kernels, within, part, inputs, y, x, plane, tileStep)
          for (const { name, count, first, places: at } of classes) {
            list.push(
              call(
                kernels[`image${name}`],
                count,
                at,
                plane,
                within.planeColumns * tileStep,
                tileStep,
                tileStep / 16,
                shifted(points, first * tileStep),
                tileStep,
                sourceStep,
                scratch,
              ),
            )
          }
          list.push(
            call(
              kernels.correlateEach,
              table.products,
              table.list,
              places,
              targets,
              points,
              none,
              1,
              channels,
              weights,
              perPanel,
              sums,
              vectors,
            ),
          )
          const own = { at: outputs.address + part.first * sn + part.row * sy, perItem: part.perItem * sn }
          for (const { name, count, first, targets: to } of classes) {
            const from = [vectors, shifted(sums, first * pitch), pitch, resultStep, scratch, alarm]
            list.push(
              atOnce
                ? call(kernels[`planes${name}`], count, to, own, sy, sc, ...from, bias + 4 * g * filters)
                : call(kernels[`result${name}`], count, to, result, columns.covered * pitch, pitch, ...from),
            )
          }
          if (atOnce) return list
          list.push(...this.#unpack(kernels, part, band, columns, outputs, result, pitch, bias + 4 * g * filters))
          return list
        }
        const programs: Program[] = []
        const count = Math.floor(items / images)
        for (const { row, y: band, whole, rest } of cuts) {
          const own = { row, rows: Math.min(band.covered, height - row) }
          const part: Part = { first: 0, perItem: images, images, ...own }
          programs.push({ count, calls: calls(whole, part, band) })
          if (rest !== null)
            programs.push({ count: 1, calls: calls(rest, { ...part, first: items - left, images: left }, band) })
        }
        crew.run(programs)
      }
      return this.#heap.int32(alarm, 1)[0] === 0
    })
  }

  /** `NetworkOperations.conv2dWeightsGradient`, likewise. How sums are cut does not depend on threads. */
  weightsGradient(
    shape: ConvolutionShape,
    x: HeapArray,
    gradOut: HeapArray,
    gradWeights: HeapArray,
    isLarge: boolean,
  ): boolean {
    const { items, groups, outHeight, outWidth } = shape
    const axes = [convolutionAxis(shape.windows, 0, outHeight), convolutionAxis(shape.windows, 1, outWidth)] as const
    const channels = shape.inChannels / groups
    const filters = shape.outChannels / groups
    const { panelBytes, vectors, panels, pitch } = panelsOf(this.tile, filters)
    const crew = this.#crews.for(isLarge)
    const { kernels } = crew
    const [rows, columns] = [axisTiles(outHeight, this.scheme), axisTiles(outWidth, this.scheme)]
    const tileStep = 16 * Math.ceil(channels / 4)
    const pointCount = pointsOf(this.scheme) ** 2
    const sumStep = channels * pitch + STAGGER
    const sumsBytes = pointCount * sumStep
    const mostSlices = Math.floor(
      Math.min(MOST_SLICES, SLICES_BYTES / sumsBytes, (items * tileCount(rows) * tileCount(columns)) / SLICE_TILES),
    )
    const perSlice = Math.ceil(items / Math.max(1, Math.min(items, mostSlices)))
    const slices = Math.ceil(items / perSlice)
    const { images, bands } = this.#cut(perSlice, rows, columns, tileStep + panels * panelBytes)
    const tiles = images * tileCount(bands[0]!.y) * tileCount(columns)
    const sourceStep = tiles * tileStep + STAGGER
    const panelStep = tiles * panelBytes
    const gradientStep = panels * panelStep + STAGGER
    return this.#heap.scope(() => {
      const alarm = this.#heap.allocateZeroed(4)
      const tables = (part: AxisTiles, count: number): TileTables =>
        this.#tables(
          part,
          columns,
          count,
          tileStep,
          planeSteps(part.covered, columns.covered, pitch),
          ({ point, first }) => [
            point * sourceStep + first * tileStep,
            point * gradientStep + first * panelBytes,
            point * sumStep,
          ],
        )
      const known = new Map<string, TileTables>()
      const tablesOf = (band: Band, count: number): TileTables => {
        const key = `${band.row},${count}`
        const table = known.get(key) ?? tables(band.y, count)
        known.set(key, table)
        return table
      }
      const { chunk } = tablesOf(bands[0]!, images)
      const plane = this.#perThread(crew, images * chunk.planeBytes)
      const outputs = this.#perThread(crew, images * bands[0]!.y.covered * columns.covered * pitch)
      const points = this.#perThread(crew, pointCount * sourceStep)
      const gradients = this.#perThread(crew, pointCount * gradientStep)
      const scratch = this.#perThread(crew, SCRATCH_BYTES)
      const places = this.#steps(tiles, tileStep)
      const sums = this.#heap.allocate(slices * sumsBytes)
      const filter = this.#heap.allocate(this.scheme.taps ** 2 * channels * pitch)
      const none = this.#heap.allocateZeroed(pitch)
      const still: AxisWindows = { ...axes[0], first: 0 }
      for (let g = 0; g < groups; g++) {
        const source = channelsOf(x, g * channels, channels)
        const gradient = channelsOf(gradOut, g * filters, filters)
        const program = (band: Band, first: number, slice: number, count: number, own: number): Program => {
          if (count === 0 || own <= 0) return { count: 0, calls: [] }
          const table = tablesOf(band, own)
          const { chunk: from, classes } = table
          const part: Part = {
            first: slice * perSlice + first,
            perItem: perSlice,
            images: own,
            row: band.row,
            rows: band.y.covered,
          }
          const to: Chunk = {
            ...from,
            planeRows: band.y.covered,
            planeColumns: columns.covered,
            planeBytes: band.y.covered * columns.covered * pitch,
          }
          const calls = [
            ...fillPlane(kernels, from, part, source, axes[0], axes[1], plane, tileStep),
            ...fillPlane(kernels, to, part, gradient, still, still, outputs, pitch),
          ]
          for (const { name, count: own, first: before, places: at, targets } of classes) {
            calls.push(
              call(
                kernels[`image${name}`],
                own,
                at,
                plane,
                from.planeColumns * tileStep,
                tileStep,
                tileStep / 16,
                shifted(points, before * tileStep),
                tileStep,
                sourceStep,
                scratch,
              ),
              call(
                kernels[`gradient${name}`],
                own,
                targets,
                outputs,
                columns.covered * pitch,
                pitch,
                vectors,
                shifted(gradients, before * panelBytes),
                panelBytes,
                gradientStep,
                scratch,
                panelStep,
              ),
            )
          }
          calls.push(
            call(
              kernels.outerEach,
              table.products,
              table.list,
              channels,
              places,
              points,
              gradients,
              panelStep,
              { at: sums + slice * sumsBytes, perItem: sumsBytes },
              pitch,
              vectors,
            ),
          )
          return { count, calls }
        }
        const stages: Program[][] = []
        for (let first = 0; first < perSlice; first += images) {
          const own = Math.min(images, perSlice - first)
          const left = items - (slices - 1) * perSlice - first
          for (const band of bands)
            stages.push([
              program(band, first, 0, slices - 1, own),
              program(band, first, slices - 1, 1, Math.min(own, left)),
            ])
        }
        kernels.clear.run(sums, slices * sumsBytes)
        crew.runStages(stages)
        for (let slice = 1; slice < slices; slice++) kernels.add.run(sumsBytes / 4, sums, sums + slice * sumsBytes)
        kernels.filterGradient.run(
          channels * vectors,
          sums,
          sumStep,
          filter,
          channels * pitch,
          (scratch as { at: number }).at,
          alarm,
        )
        unpackSums(kernels, channelsOf(gradWeights, g * filters, filters, 0), filter, pitch, none)
      }
      return this.#heap.int32(alarm, 1)[0] === 0
    })
  }

  /** As many images, at most `most`, as stay in the cache with their points, or bands of one. */
  #cut(most: number, rows: AxisTiles, columns: AxisTiles, bytes: number): { images: number; bands: Band[] } {
    const tiles = Math.max(LEAST_TILES, Math.floor(POINTS_BYTES / (pointsOf(this.scheme) ** 2 * bytes)))
    const [height, width] = [tileCount(rows), tileCount(columns)]
    const images = Math.max(1, Math.min(most, Math.floor(tiles / (height * width))))
    const fitting = height * width <= tiles ? height : Math.max(1, Math.floor(tiles / width))
    const size = Math.ceil(height / Math.ceil(height / fitting))
    const bands = Array.from({ length: Math.ceil(height / size) }, (_, i) => ({
      row: outputsBefore(rows, i * size),
      y: axisPart(rows, i * size, size),
    }))
    return { images, bands }
  }

  /** The tables of a chunk: where tiles lie in the plane and in the result, and the list of products. */
  #tables(
    y: AxisTiles,
    x: AxisTiles,
    images: number,
    pitch: number,
    targetSteps: Steps,
    product: (run: { readonly point: number; readonly first: number }) => readonly [number, number, number],
  ): TileTables {
    const [planeRows, planeColumns] = [y.covered + this.scheme.taps - 1, x.covered + this.scheme.taps - 1]
    const planeBytes = planeRows * planeColumns * pitch
    const chunk = { images, rows: y.covered, planeRows, planeColumns, planeBytes }
    const byClass = tilesByClass(images, y, x)
    let before = 0
    const classes = byClass.map(({ height, width, places }) => {
      const first = before
      before += places.length
      const table = ([image, row, pixel]: Steps): Address =>
        this.#words(Int32Array.from(places, ([n, top, left]) => n * image + top * row + left * pixel))
      return {
        name: `${height}x${width}` as const,
        count: places.length,
        first,
        places: table(planeSteps(planeRows, planeColumns, pitch)),
        targets: table(targetSteps),
      }
    })
    const runs = tilesByPoint(byClass, this.scheme)
    const list = this.#words(Int32Array.from(runs.flatMap((run) => [run.count, ...product(run)])))
    return { chunk, tiles: before, classes, products: runs.length, list }
  }

  /** The results of a part to the target, with the bias of each channel. */
  #unpack(
    kernels: Crew<Kernel>['kernels'],
    part: Part,
    band: AxisTiles,
    columns: AxisTiles,
    target: HeapArray,
    result: Argument,
    pitch: number,
    bias: Address,
  ): Call[] {
    const [, channels, , width] = target.shape as [number, number, number, number]
    const [sn, sc, sy, sx] = target.strides as [number, number, number, number]
    const whole = sy === width * sx && columns.covered === width
    return Array.from({ length: part.images }, (_, n) =>
      call(
        kernels.unpack,
        whole ? 1 : part.rows,
        whole ? part.rows * width : width,
        channels,
        shifted(result, n * band.covered * columns.covered * pitch),
        columns.covered * pitch,
        pitch,
        { at: target.address + (part.first + n) * sn + part.row * sy, perItem: part.perItem * sn },
        sy,
        sx,
        sc,
        bias,
      ),
    )
  }

  /** 0, step, 2·step, … */
  #steps(count: number, step: number): Address {
    return this.#words(Int32Array.from({ length: count }, (_, i) => i * step))
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
