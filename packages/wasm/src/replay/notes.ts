// The kernel calls of one group of images, noted down, and their repetition for all other groups: one after the other, or
// spread over threads by a kernel that reads the notes.
import type { Buffer } from '@scatterlab/tensor'
import { type FunctionBuilder, type Local, i32 } from '../assembler/assembler.ts'
import type { Kernels } from '../fourier/kernels.ts'
import type { Kernel } from '../threads/compiled.ts'
import type { Address } from '../memory/heap.ts'
import type { SharedKernel, Workers } from '../threads/workers.ts'

/** While a group is noted down, an address carries what it lies in as multiples of this, which no address reaches. */
const MARK = 2 ** 33
/** Marks: the group's images, its results, then the memory that it has for itself. */
const INPUT = 1
const OUTPUT = 2
const OWN = 3

/** A range of memory that holds nothing beyond one group. */
interface Range {
  readonly address: Address
  bytes: number
}

/** An argument that is an address in something that differs from group to group or from thread to thread. */
interface Marked {
  readonly call: number
  readonly index: number
  readonly mark: number
}

/** From a group to the next, in bytes. */
export interface GroupSteps {
  readonly input: number
  readonly output: number
}

const HERE: GroupSteps = { input: 0, output: 0 }

/** The notes of one group. */
export class GroupNotes {
  #input: Buffer | null
  #output: Buffer | null
  readonly #kernels: Kernel[] = []
  readonly #args: number[][] = []
  readonly #marked: Marked[] = []
  readonly #own: Range[] = []
  readonly #ownByBuffer = new Map<Buffer, number>()
  #replay: SharedKernel | null = null
  /** The arguments of a group elsewhere. */
  #working: number[][] | null = null
  /** Whether a group uses memory that other groups use too. */
  #sharesMemory = false

  constructor(input: Buffer, output: Buffer) {
    this.#input = input
    this.#output = output
  }

  /** A buffer that was allocated by the group itself. */
  owns(buffer: Buffer, range: Range): void {
    this.#ownByBuffer.set(buffer, this.#own.push(range) - 1)
  }

  /** The address of a number in a buffer, marked. */
  markBuffer(buffer: Buffer, address: Address): number {
    if (buffer === this.#input) return address + INPUT * MARK
    if (buffer === this.#output) return address + OUTPUT * MARK
    const own = this.#ownByBuffer.get(buffer)
    if (own === undefined) this.#sharesMemory = true
    return own === undefined ? address : address + (OWN + own) * MARK
  }

  /** The address of work space, marked. */
  markWorkspace(address: Address, bytes: number): number {
    let own = this.#own.findIndex((range) => range.address === address)
    if (own < 0) own = this.#own.push({ address, bytes }) - 1
    const range = this.#own[own]!
    range.bytes = Math.max(range.bytes, bytes)
    return address + (OWN + own) * MARK
  }

  /** Notes a call down; `args` lose their marks. */
  add(kernel: Kernel, args: number[]): void {
    const call = this.#kernels.push(kernel) - 1
    for (let index = 0; index < args.length; index++) {
      const mark = Math.floor(args[index]! / MARK)
      if (mark <= 0) continue
      args[index]! -= mark * MARK
      this.#marked.push({ call, index, mark })
    }
    this.#args.push(args)
  }

  /** Makes the calls as they were noted, for the first group. */
  runFirst(): void {
    for (let i = 0; i < this.#kernels.length; i++) call(this.#kernels[i]!, this.#args[i]!)
  }

  /** Repeats the calls for the next `groups` groups, in order. */
  repeat(groups: number, steps: GroupSteps): void {
    const moving = this.#marked.filter(({ mark }) => mark < OWN)
    for (let group = 0; group < groups; group++) {
      for (const { call, index, mark } of moving)
        this.#args[call]![index]! += mark === INPUT ? steps.input : steps.output
      for (let i = 0; i < this.#kernels.length; i++) call(this.#kernels[i]!, this.#args[i]!)
    }
    for (const { call, index, mark } of moving)
      this.#args[call]![index]! -= groups * (mark === INPUT ? steps.input : steps.output)
  }

  /** Whether the calls may be made for groups elsewhere: nothing is used but a group's own memory, input and output. */
  get isMovable(): boolean {
    return !this.#sharesMemory
  }

  /** Makes the calls for `groups` groups, from the one that lies `moved` from the one that was noted down on, on this thread. */
  runMoved(kernels: Kernels, groups: number, steps: GroupSteps, moved: GroupSteps): void {
    const { starts, bytes } = this.#arena()
    const memory = kernels.heap.allocateUnscoped(Math.max(1, bytes))
    const working = (this.#working ??= this.#args.map((args) => args.slice()))
    try {
      for (let group = 0; group < groups; group++) {
        for (const { call, index, mark } of this.#marked) {
          const given = this.#args[call]![index]!
          if (mark === INPUT) working[call]![index] = given + moved.input + group * steps.input
          else if (mark === OUTPUT) working[call]![index] = given + moved.output + group * steps.output
          else if (group === 0)
            working[call]![index] = given + memory + starts[mark - OWN]! - this.#own[mark - OWN]!.address
        }
        for (let i = 0; i < this.#kernels.length; i++) call(this.#kernels[i]!, working[i]!)
      }
    } finally {
      kernels.heap.free(memory)
    }
  }

  /** Where a group's own pieces of memory begin in one piece, and how large that is. */
  #arena(): { readonly starts: readonly number[]; readonly bytes: number } {
    const starts: number[] = []
    let arena = 0
    for (const { bytes } of this.#own) {
      starts.push(arena)
      arena += 64 * Math.ceil(bytes / 64) + 64
    }
    return { starts, bytes: arena }
  }

  /**
   * Makes the calls for `groups` groups on all threads, from the one that was noted down on, or from one that lies `moved` from it; false
   * where groups are not independent, or the threads can take no more kernels.
   */
  runOnThreads(
    kernels: Kernels,
    workers: Workers,
    groups: number,
    steps: GroupSteps,
    moved: GroupSteps = HERE,
  ): boolean {
    if (this.#sharesMemory || (this.#replay === null && workers.isFull)) return false
    this.#replay ??= replayKernel(kernels, workers, this.#distinct())
    // Every thread has the group's own memory once more.
    const { starts, bytes: arena } = this.#arena()
    const memory = kernels.heap.allocateUnscoped(Math.max(1, arena) * workers.threads)
    const length = this.#args.reduce((sum, { length: count }) => sum + 1 + 3 * count, 0)
    const program = kernels.heap.allocateUnscoped(4 * length)
    this.#write(kernels.heap.int32(program, length), steps, moved, memory, starts, arena)
    const args = [program, this.#kernels.length, 0, 0]
    try {
      workers.run([
        { count: groups, calls: [{ kernel: this.#replay, args, perItem: [0, 0, 1, 0], perThread: [0, 0, 0, 1] }] },
      ])
    } finally {
      kernels.heap.free(program)
      kernels.heap.free(memory)
    }
    return true
  }

  /** Lets go of the buffers: of notes that are kept only places matter. */
  forgetBuffers(): void {
    this.#input = null
    this.#output = null
    this.#ownByBuffer.clear()
  }

  #distinct(): Kernel[] {
    return [...new Set(this.#kernels)]
  }

  /** For each call its kernel, then for each argument: its value for the first group to come, and its steps by group and thread. */
  #write(
    words: Int32Array,
    steps: GroupSteps,
    moved: GroupSteps,
    memory: Address,
    starts: readonly number[],
    arena: number,
  ): void {
    const numbers = new Map(this.#distinct().map((kernel, i) => [kernel, i]))
    const begins = new Int32Array(this.#kernels.length)
    words.fill(0)
    for (let i = 0, at = 0; i < this.#kernels.length; i++) {
      const args = this.#args[i]!
      begins[i] = at
      words[at++] = numbers.get(this.#kernels[i]!)!
      for (let j = 0; j < args.length; j++, at += 3) words[at] = args[j]!
    }
    for (const { call: i, index, mark } of this.#marked) {
      const at = begins[i]! + 1 + 3 * index
      if (mark === INPUT || mark === OUTPUT) {
        words[at]! += mark === INPUT ? moved.input : moved.output
        words[at + 1] = mark === INPUT ? steps.input : steps.output
      } else {
        words[at]! += memory + starts[mark - OWN]! - this.#own[mark - OWN]!.address
        words[at + 2] = arena
      }
    }
  }
}

/** Calls a kernel. Arguments are written out: spreading a list costs more than the call. */
export function call(kernel: Kernel, a: readonly number[]): void {
  if (a.length === 5) kernel(a[0]!, a[1]!, a[2]!, a[3]!, a[4]!)
  else if (a.length === 4) kernel(a[0]!, a[1]!, a[2]!, a[3]!)
  else if (a.length === 3) kernel(a[0]!, a[1]!, a[2]!)
  else kernel(...a)
}

const replays = new WeakMap<Workers, Map<string, SharedKernel>>()

/** replay(notes, calls, group, thread): one module with all kernels of a group, and the function that makes the calls. */
function replayKernel(kernels: Kernels, workers: Workers, distinct: readonly Kernel[]): SharedKernel {
  let known = replays.get(workers)
  if (known === undefined) replays.set(workers, (known = new Map()))
  const name = distinct.map((kernel) => kernels.nameOf(kernel)).join('\n')
  const found = known.get(name)
  if (found !== undefined) return found
  const { module, functions } = kernels.moduleOf(distinct)
  module.function(
    'replay',
    { params: { notes: 'i32', calls: 'i32', group: 'i32', thread: 'i32' } },
    (f, { notes, calls, group, thread }) => {
      const kernel = f.local('i32')
      f.doWhile(() => {
        f.set(kernel, i32.load(notes))
        f.advance(notes, 4)
        choose(f, kernel, 0, functions.length, (i) => {
          const names = Object.keys(functions[i]!.params)
          const args = names.map((_, j) => {
            const moved = i32.add(i32.load(notes, 12 * j), i32.mul(group, i32.load(notes, 12 * j + 4)))
            return i32.add(moved, i32.mul(thread, i32.load(notes, 12 * j + 8)))
          })
          f.call(functions[i]!, Object.fromEntries(names.map((parameter, j) => [parameter, args[j]!])))
          f.advance(notes, 12 * names.length)
        })
        f.set(calls, i32.sub(calls, 1))
        return calls
      })
    },
  )
  const replay = workers.register(module.bytes())['replay']!
  known.set(name, replay)
  return replay
}

/** Runs the body of the number that `index` holds, from first … end − 1, by halving. */
function choose(f: FunctionBuilder, index: Local<'i32'>, first: number, end: number, body: (i: number) => void): void {
  if (end - first === 1) return body(first)
  const middle = (first + end) >> 1
  f.if(
    i32.ltS(index, middle),
    () => choose(f, index, first, middle, body),
    () => choose(f, index, middle, end, body),
  )
}
