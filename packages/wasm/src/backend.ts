// The back end on WebAssembly: buffers in one heap, each operation on the first kernel that takes it, on the reference where none
// does. It knows no kernel; those are in the sets.
import {
  type Backend,
  type Buffer,
  ValueError,
  checkOptions,
  oneOf,
  shown,
  trueOrFalse,
  wholeNumber,
} from '@scatterlab/tensor'
import { type ConvolutionAlgorithm, convolutionAlgorithms } from '@scatterlab/tensor/operations'
import { classificationKernels } from './classification/operations.ts'
import { convolutionKernels } from './convolution/operations.ts'
import { copyKernels } from './elementwise/copies.ts'
import { pointwiseKernels } from './elementwise/pointwise.ts'
import { Buffers } from './memory/buffers.ts'
import { Kernels } from './fourier/kernels.ts'
import { fourierKernels } from './fourier/operations.ts'
import { releaseTables } from './fourier/plans.ts'
import { Heap, type HeapOptions, type HeapStatistics } from './memory/heap.ts'
import { Host, type KernelSet } from './host.ts'
import { matmulKernels } from './matmul/operations.ts'
import { normalisationKernels } from './normalisation/operations.ts'
import { poolingKernels } from './pooling/operations.ts'
import { reductionKernels } from './reduction/operations.ts'
import { NoSimdError } from './no-simd.ts'
import { probe } from './probe.ts'
import { runnerOf } from './registry.ts'
import { Replay } from './replay/replay.ts'
import { scatteringGradientKernels } from './scattering/adjoint-operations.ts'
import { fibreKernels } from './scattering/fibre-operations.ts'
import { foldingKernels } from './scattering/folding-operations.ts'
import { scatteringKernels } from './scattering/operations.ts'
import { signalKernels } from './scattering/signal-operations.ts'
import { Workers, availableThreads, messageOf } from './threads/workers.ts'

/** How the back end computes. */
export interface WasmOptions extends HeapOptions {
  /**
   * The same bits on every machine: multiplications and additions are rounded one by one, in a fixed order (default: false, so
   * that fused multiply–adds are used where the engine has them).
   */
  readonly deterministic?: boolean
  /**
   * Threads, the calling one included (default: as many as the machine runs at a time, at most 16; always 1 where
   * memory cannot be shared). They start when there is work for them, and do not keep the process alive. Results do not depend on them.
   */
  readonly threads?: number
  /** How convolutions are computed that do not say it themselves (default: `fastest`); `direct` is the most exact. */
  readonly convolutions?: ConvolutionAlgorithm
}

/** The back end, and what it holds in memory. */
export interface WasmBackend extends Backend {
  /** Bytes in use and at most so far, and how the memory is divided. */
  readonly memory: () => HeapStatistics
  /**
   * Starts the threads and waits until they can take work. Without it they start with the first work for them; in pages and their
   * workers they begin only while the caller waits for something, so that work without a pause would have none. Throws
   * `WorkerError` if one does not begin.
   */
  readonly start: () => Promise<void>
  /** Ends the threads; what follows runs on one. */
  readonly close: () => void
}

/**
 * A back end with a memory of its own. Its buffers are copies of host memory. Throws `NoSimdError` where there are no
 * WebAssembly vectors or a policy forbids to compile (use the reference there), `ValueError` for an option that is unknown or out of its range.
 */
export function createWasmBackend(options: WasmOptions = {}): WasmBackend {
  return wasmBackend(
    [
      scatteringKernels,
      signalKernels,
      scatteringGradientKernels,
      foldingKernels,
      fibreKernels,
      fourierKernels,
      copyKernels,
      pointwiseKernels,
      reductionKernels,
      matmulKernels,
      convolutionKernels,
      poolingKernels,
      normalisationKernels,
      classificationKernels,
    ],
    options,
  )
}

/**
 * `createWasmBackend` with the sets of kernels that are named, scattering's before `copyKernels`; what has no kernel runs on the reference,
 * and is counted. For bundles that are to hold no more than they use.
 */
export function wasmBackend(sets: readonly KernelSet[], options: WasmOptions = {}): WasmBackend {
  if (!Array.isArray(sets) || sets.some((set) => typeof set !== 'function'))
    throw new ValueError(`wasmBackend takes a list of sets of kernels, such as [scatteringKernels], not ${shown(sets)}`)
  const given = checkOptions<WasmOptions>('createWasmBackend', options, {
    deterministic: trueOrFalse,
    threads: wholeNumber(1, MOST_THREADS),
    convolutions: oneOf(...convolutionAlgorithms),
    shared: trueOrFalse,
    initialPages: wholeNumber(1, MOST_PAGES),
    maximumPages: wholeNumber(1, MOST_PAGES),
  })
  const { initialPages, maximumPages } = given
  if (initialPages !== undefined && maximumPages !== undefined && initialPages > maximumPages)
    throw new ValueError(`initialPages is ${initialPages}, more than maximumPages, ${maximumPages}: lower it`)
  const features = probe()
  if (!features.simd) throw new NoSimdError(features.compiles)
  const wanted = given.threads ?? Math.min(availableThreads(), MOST_BY_DEFAULT)
  const relaxed = features.relaxedSimd && given.deterministic !== true
  const arithmetic = describeArithmetic(relaxed, features.fused)
  const heap = new Heap(given)
  const buffers = new Buffers(heap)
  const addressOf = buffers.addressOf.bind(buffers)
  const threads = heap.shared ? wanted : 1
  let workers: Workers | null = null
  let closed = threads === 1
  const pool = (): Workers | null => (closed ? null : (workers ??= new Workers(heap, { threads })))
  const replay = new Replay(new Kernels(heap, relaxed), addressOf, pool)
  const host = new Host(heap, relaxed, addressOf, pool, replay.steps, given.convolutions)
  const declined = new Map<string, number>()
  const run = runnerOf(
    sets.flatMap((set) => set(host)),
    () => replay.outside(),
    ({ title }) => declined.set(title, (declined.get(title) ?? 0) + 1),
  )
  /** Released, but still to be used by calls that are noted down. */
  const held: Buffer[] = []
  const release = (buffer: Buffer): void => {
    releaseTables(buffer)
    buffers.release(buffer)
  }

  return {
    name: 'wasm',
    get description() {
      return `WebAssembly, ${arithmetic}, ${describeThreads(closed ? 1 : threads, features.sharedMemory, workers)}`
    },
    lanes: 4,
    laneStep: 4,
    signalLanes: 1,
    declined,
    run,
    allocate: (dtype, length, content) => replay.allocated(buffers.allocate(dtype, length, content), content),
    adopt: buffers.adopt.bind(buffers),
    release: (buffer) => {
      if (replay.holdsMemory) held.push(buffer)
      else release(buffer)
    },
    read: async ({ data }) => data!.slice(),
    forEachGroup: (input, output, size, body, key) =>
      replay.forEachGroup(input, output, size, body, key, () => {
        for (const buffer of held.splice(0)) release(buffer)
      }),
    memory: () => heap.statistics,
    start: async () => pool()?.begin(),
    close: () => {
      workers?.close()
      workers = null
      closed = true
    },
  }
}

/** Threads beyond this share a memory's bandwidth without gaining from each other. */
const MOST_BY_DEFAULT = 16
/** What 32-bit addresses reach. */
const MOST_PAGES = 65536
/** Kernels have scratch memory for this many. */
const MOST_THREADS = 64

function describeArithmetic(relaxed: boolean, fused: boolean): string {
  return relaxed ? `relaxed SIMD${fused ? ' with fused multiply–add' : ''}` : 'SIMD with multiply and add'
}

function describeThreads(threads: number, shareable: boolean, workers: Workers | null): string {
  const refused = workers?.refused ?? { count: 0, cause: null }
  const waiting = workers === null ? 0 : threads - 1 - refused.count - workers.begun
  const remarks = [
    ...(shareable ? [] : ['memory cannot be shared here']),
    ...(refused.count > 0 ? [`${refused.count} could not start: ${messageOf(refused.cause)}`] : []),
    ...(waiting > 0 ? [`${waiting} not started yet`] : []),
  ]
  const present = threads - refused.count
  const count = present === 1 ? 'one thread' : `${present} threads`
  return remarks.length === 0 ? count : `${count} (${remarks.join('; ')})`
}
