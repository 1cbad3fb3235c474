// Batch and local response normalisation on arrays in the heap: channel by channel, or image by image, on all threads.
import type { ResponseNormConstants } from '@scatterlab/tensor/operations'
import type { HeapArray } from '../memory/heap-array.ts'
import { type Argument, Crews, call } from '../threads/crew.ts'
import type { Heap } from '../memory/heap.ts'
import { type NormalisationKernel, normalisationModule, normalisationParameters } from './kernels.ts'
import { axesOf } from '../elementwise/strided.ts'
import type { Workers } from '../threads/workers.ts'

/** Numbers below which waking threads costs more than it gains. */
const LEAST_NUMBERS = 2 ** 17

/** Normalisations on one heap. Not for two threads at a time. */
export class Normalisation {
  readonly #heap: Heap
  readonly #crews: Crews<NormalisationKernel>

  /** `workers` gives the threads when they are first needed, or null where there is one only. */
  constructor(heap: Heap, workers: () => Workers | null) {
    this.#heap = heap
    this.#crews = new Crews(heap, [normalisationModule(heap.shared)], workers)
  }

  /**
   * Runs a kernel of batch normalisation on every channel: `arrays` of one shape by the names of the kernel's parameters (null:
   * not wanted), `vectors` of one number to a channel, constants. False where an array has no two axes beside its channels.
   */
  perChannel(
    kernel: NormalisationKernel,
    arrays: Readonly<Record<string, HeapArray | null>>,
    vectors: Readonly<Record<string, HeapArray>>,
    constants: Readonly<Record<string, number>>,
  ): boolean {
    const rows = rowsOf(arrays, [1])
    if (rows === null) return false
    const channels = rows.shape[1]!
    const numbers: Record<string, Argument> = { ...rows.numbers, ...constants }
    for (const [name, view] of Object.entries(arrays))
      numbers[name] = view === null ? 0 : { at: view.address, perItem: view.strides[1]! }
    for (const name of ['scale', 'shift', 'gradScale', 'gradShift']) numbers[name] = 0
    for (const [name, { address, strides }] of Object.entries(vectors))
      numbers[name] = { at: address, perItem: strides[0]! }
    this.#run(kernel, rows.shape, numbers, channels)
    return true
  }

  /** Runs a kernel of local response normalisation on every image; likewise. */
  perImage(
    kernel: 'response' | 'responseGradient',
    arrays: Readonly<Record<string, HeapArray>>,
    { half, k, alpha, beta }: ResponseNormConstants,
  ): boolean {
    const rows = rowsOf(arrays, [0, 1])
    if (rows === null) return false
    const [items, channels] = rows.shape as [number, number]
    const numbers: Record<string, Argument> = { ...rows.numbers, channels, half, floor: k, alpha, beta }
    for (const [name, { address, strides }] of Object.entries(arrays)) {
      numbers[name] = { at: address, perItem: strides[0]! }
      numbers[`channel${name}`] = strides[1]!
    }
    const named = beta === 0.75 ? (`${kernel}34` as const) : kernel
    this.#run(named, rows.shape, numbers, items, 32 * channels)
    return true
  }

  #run(
    kernel: NormalisationKernel,
    shape: readonly number[],
    numbers: Readonly<Record<string, Argument>>,
    count: number,
    scratchBytes = 0,
  ): void {
    const crew = this.#crews.for(count > 1 && shape.reduce((a, b) => a * b) >= LEAST_NUMBERS)
    this.#heap.scope(() => {
      const own = 64 * Math.ceil(scratchBytes / 64)
      const scratch = own === 0 ? 0 : { at: this.#heap.allocate(crew.threads * own), perThread: own }
      const all: Readonly<Record<string, Argument>> = { ...numbers, scratch }
      const args = normalisationParameters[kernel].map((name) => all[name]!)
      crew.run([{ count, calls: [call(crew.kernels[kernel], ...args)] }])
    })
  }
}

/** The axes of some arrays of one shape beside those in `without`, as rows of numbers; null where that takes more than two axes. */
function rowsOf(arrays: Readonly<Record<string, HeapArray | null>>, without: readonly number[]) {
  const named = Object.entries(arrays).filter((entry): entry is [string, HeapArray] => entry[1] !== null)
  const { shape } = named[0]![1]
  const others = <T>(list: readonly T[]): T[] => list.filter((_, axis) => !without.includes(axis))
  const axes = axesOf(
    others(shape),
    named.map(([, { address, strides }]) => ({ address, strides: others(strides) })),
  )
  if (axes.length > 2) return null
  const [row, column] = [axes.at(-2), axes.at(-1)]
  const numbers: Record<string, number> = { rows: row?.length ?? 1, n: column?.length ?? 1 }
  for (const name of Object.keys(arrays)) numbers[`row${name}`] = numbers[`step${name}`] = 0
  for (const [i, [name]] of named.entries()) {
    numbers[`row${name}`] = row?.steps[i] ?? 0
    numbers[`step${name}`] = column?.steps[i] ?? 0
  }
  return { shape, numbers }
}
