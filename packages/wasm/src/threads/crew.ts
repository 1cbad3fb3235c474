// Lists of kernel calls, run on the calling thread or on all threads of a pool. The pool knows the threads, the emitters know
// what the kernels do.
import type { Module } from '../assembler/assembler.ts'
import type { Heap } from '../memory/heap.ts'
import { Compiled } from './compiled.ts'
import type { Call, Program, SharedKernel, Workers } from './workers.ts'

/** A kernel's argument: a number, the same for all, or one that moves from item to item or from thread to thread. */
export type Argument = number | { readonly at: number; readonly perItem?: number; readonly perThread?: number }

/** One kernel call of an item. */
export function call(kernel: SharedKernel, ...args: readonly Argument[]): Call {
  const part = (name: 'perItem' | 'perThread') => args.map((arg) => (typeof arg === 'number' ? 0 : (arg[name] ?? 0)))
  return {
    kernel,
    args: args.map((arg) => (typeof arg === 'number' ? arg : arg.at)),
    perItem: part('perItem'),
    perThread: part('perThread'),
  }
}

/** An argument moved by a number of bytes. */
export const shifted = (argument: Argument, bytes: number): Argument =>
  typeof argument === 'number' ? argument + bytes : { ...argument, at: argument.at + bytes }

/** Kernels by name. */
export type KernelTable<Name extends string> = Readonly<Record<Name, SharedKernel>>

/** Who does the work: the kernels of some modules, and a way to run programs of them. */
export interface Crew<Name extends string> {
  readonly threads: number
  readonly kernels: KernelTable<Name>
  /** Runs all items of the programs, in any order. */
  run(programs: readonly Program[]): void
  /**
   * Runs stages one after the other; item i of program p depends on no other items than item i of program p in the stages
   * before. All stages have as many programs.
   */
  runStages(stages: readonly (readonly Program[])[]): void
}

/** The crews of one heap for some modules. */
export class Crews<Name extends string> {
  readonly #modules: readonly Compiled[]
  readonly #workers: () => Workers | null
  readonly #alone: Crew<Name>
  #all: Crew<Name> | null = null

  /** `workers` gives the threads when they are first needed, or null where there is one only. */
  constructor(heap: Heap, modules: readonly Module[], workers: () => Workers | null) {
    this.#modules = modules.map((module) => new Compiled(heap, module))
    this.#workers = workers
    this.#alone = {
      threads: 1,
      kernels: this.#kernels((module) => alone(module.own))!,
      run: runAlone,
      runStages: runStagesAlone,
    }
  }

  /** The calling thread, or all threads where the work is worth waking them. */
  for(isLarge: boolean): Crew<Name> {
    const workers = isLarge ? this.#workers() : null
    if (workers === null) return this.#alone
    const kernels = this.#all?.kernels ?? this.#kernels((module) => module.on(workers))
    if (kernels === null) return this.#alone
    this.#all ??= {
      threads: workers.threads,
      kernels,
      run: (programs) => workers.run(programs),
      runStages: (stages) => {
        for (const programs of stages) workers.run(programs)
      },
    }
    return this.#all
  }

  /** The kernels of all modules; null where one has none. */
  #kernels(of: (module: Compiled) => Readonly<Record<string, SharedKernel>> | null): KernelTable<Name> | null {
    const tables = this.#modules.map(of)
    return tables.includes(null) ? null : (Object.assign({}, ...tables) as KernelTable<Name>)
  }
}

/** Kernels that only the calling thread runs. */
const alone = (own: Compiled['own']): Record<string, SharedKernel> =>
  Object.fromEntries(Object.entries(own).map(([name, run]) => [name, { module: -1, index: -1, run }]))

function runItem({ calls }: Program, item: number): void {
  for (const { kernel, args, perItem } of calls)
    kernel.run(...(item === 0 || perItem === undefined ? args : args.map((arg, i) => arg + item * perItem[i]!)))
}

function runAlone(programs: readonly Program[]): void {
  for (const program of programs) for (let item = 0; item < program.count; item++) runItem(program, item)
}

/** Item by item through all stages, so that what an item works on stays in the caches. */
function runStagesAlone(stages: readonly (readonly Program[])[]): void {
  for (let p = 0; p < (stages[0]?.length ?? 0); p++) {
    const most = Math.max(...stages.map((programs) => programs[p]!.count))
    for (let item = 0; item < most; item++)
      for (const programs of stages) if (item < programs[p]!.count) runItem(programs[p]!, item)
  }
}
