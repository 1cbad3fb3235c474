// Groups of items that get the same kernel calls: the calls of the first are noted down and made for all, on all threads.
import type { Buffer, View } from '@scatterlab/tensor'
import type { Kernels } from '../fourier/kernels.ts'
import type { Address } from '../memory/heap.ts'
import type { Workers } from '../threads/workers.ts'
import { GroupNotes, type GroupSteps, call } from './notes.ts'
import type { Steps } from './steps.ts'

/** The groups of one heap, and the queue for kernel calls that may belong to one. Not for two threads at a time. */
export class Replay {
  /** The queue. */
  readonly steps: Steps
  readonly #addressOf: (buffer: Buffer) => Address | undefined
  readonly #workers: () => Workers | null
  #notes: GroupNotes | null = null
  readonly #kept = new WeakMap<object, Map<string, Kept>>()
  /** Whether calls are noted down only, to be made for all groups at once. */
  #deferred = false

  /**
   * `addressOf` gives the place of a buffer in the kernels' heap, or undefined if it is not there; `workers` the threads when they
   * are first needed, or null where there is one only.
   */
  constructor(
    kernels: Kernels,
    addressOf: (buffer: Buffer) => Address | undefined,
    workers: () => Workers | null = () => null,
  ) {
    this.#addressOf = addressOf
    this.#workers = workers
    this.steps = {
      kernels,
      addressOf: ({ buffer, offset }) => {
        const base = addressOf(buffer)
        if (base === undefined) return undefined
        return this.#notes === null ? base + 4 * offset : this.#notes.markBuffer(buffer, base + 4 * offset)
      },
      workspace: (bytes) => {
        const address = kernels.workspace(bytes)
        return this.#notes === null ? address : this.#notes.markWorkspace(address, bytes)
      },
      issue: (kernel, ...args) => {
        this.#notes?.add(kernel, args)
        if (!this.#deferred) call(kernel, args)
      },
    }
  }

  /**
   * To be called when an operation runs whose calls do not go through `steps`: a group with such an operation is not repeated from notes,
   * its body is called for every group. Gives false.
   */
  outside(): false {
    if (this.#deferred) {
      this.#deferred = false
      this.#notes?.runFirst()
    }
    this.#notes = null
    return false
  }

  /** Whether memory must be held since calls that use it are still to be made. */
  get holdsMemory(): boolean {
    return this.#deferred
  }

  #keptFor(key: object, input: View, output: View, size: number): Kept {
    let forms = this.#kept.get(key)
    if (forms === undefined) this.#kept.set(key, (forms = new Map()))
    const form = [size, input, output]
      .map((of) => (typeof of === 'number' ? of : `${of.shape.slice(1).join()} ${of.strides.join()} ${of.dtype}`))
      .join('; ')
    const found = forms.get(form) ?? { notes: null, at: null }
    forms.set(form, found)
    return found
  }

  /** Makes all full groups from notes that were kept; gives how many items that were. */
  #runKept({ notes, at }: Kept, input: View, output: View, size: number, steps: GroupSteps): number {
    const groups = Math.floor(input.shape[0]! / size)
    const here = this.#places(input, output)
    if (notes === null || at === null || here === null || groups === 0) return 0
    const moved = { input: here.input - at.input, output: here.output - at.output }
    const workers = groups > 1 ? this.#workers() : null
    if (workers === null || !notes.runOnThreads(this.steps.kernels, workers, groups, steps, moved))
      notes.runMoved(this.steps.kernels, groups, steps, moved)
    return groups * size
  }

  /** The addresses of input and output; null where they are not in the heap, or are one buffer. */
  #places(input: View, output: View): GroupSteps | null {
    const [from, to] = [this.#addressOf(input.buffer), this.#addressOf(output.buffer)]
    if (from === undefined || to === undefined || from === to) return null
    return { input: from + 4 * input.offset, output: to + 4 * output.offset }
  }

  /**
   * To be called with each buffer that is allocated, which it gives back: those of a group are its own, and zero in every group where
   * they are zero in the first.
   */
  allocated<T extends Buffer>(buffer: T, content: 'zeros' | 'any' = 'zeros'): T {
    const notes = this.#notes
    const address = notes === null ? undefined : this.#addressOf(buffer)
    if (notes === null || address === undefined) return buffer
    const bytes = buffer.length * (buffer.dtype === 'float32' ? 4 : 8)
    notes.owns(buffer, { address, bytes })
    if (content === 'zeros') {
      const clear = this.steps.kernels.kernel('clear', 2, (_, [to, size], f) => f.fill(to, 0, size))
      notes.add(clear, [notes.markBuffer(buffer, address), bytes])
    }
    return buffer
  }

  /**
   * `Backend.forEachGroup`: calls `body` on the first group and repeats its kernel calls for the others of that size. Where there are
   * threads the calls of the first group are noted down only, and made with all others on all threads; meanwhile nothing that is
   * released may be used again (`holdsMemory`). With a `key` the notes are kept for later calls with it. The body is called for
   * every group where that cannot be. `released` is called when memory may be given back.
   */
  forEachGroup(
    input: View,
    output: View,
    size: number,
    body: (input: View, output: View) => void,
    key?: object,
    released: () => void = () => {},
  ): void {
    const count = input.shape[0]!
    const { kernels } = this.steps
    const steps = { input: size * input.strides[0]! * 4, output: size * output.strides[0]! * 4 }
    const kept = key === undefined || this.#notes !== null ? null : this.#keptFor(key, input, output, size)
    for (
      let start = kept === null ? 0 : this.#runKept(kept, input, output, size, steps);
      start < count;
      start += size
    ) {
      const items = Math.min(size, count - start)
      const later = Math.floor((count - start) / size) - 1
      const isKept = kept !== null && start === 0 && later >= 0
      const noted = (later > 0 || isKept) && this.#notes === null && input.buffer !== output.buffer
      const workers = noted && later > 0 ? this.#workers() : null
      const taken = kernels.memoryTaken
      if (noted) {
        this.#notes = new GroupNotes(input.buffer, output.buffer)
        this.#deferred = workers !== null
      }
      let notes: GroupNotes | null = null
      let deferred = false
      try {
        body(itemsOf(input, start, items), itemsOf(output, start, items))
        notes = noted ? this.#notes : null
        deferred = noted && this.#deferred
      } finally {
        if (noted) {
          this.#notes = null
          this.#deferred = false
        }
        // what a failed body released goes back; what noted calls still use stays until they are made
        if (!deferred && !this.#deferred) released()
      }
      if (notes !== null && isKept && notes.isMovable) {
        notes.forgetBuffers()
        kept.notes = notes
        kept.at = this.#places(input, output)
      }
      if (notes !== null && deferred) {
        if (!notes.runOnThreads(kernels, workers!, later + 1, steps)) {
          notes.runFirst()
          notes.repeat(later, steps)
        }
        start += later * size
        // Memory that was taken to stay may lie where the group had its own before: then the next group is noted down.
      } else if (notes !== null && kernels.memoryTaken === taken) {
        notes.repeat(later, steps)
        start += later * size
      }
      if (!this.#deferred) released()
    }
  }
}

/** The notes of a key's groups of one form, and where input and output lay when they were taken. */
interface Kept {
  notes: GroupNotes | null
  at: GroupSteps | null
}

function itemsOf(view: View, start: number, count: number): View {
  return { ...view, shape: [count, ...view.shape.slice(1)], offset: view.offset + start * view.strides[0]! }
}
