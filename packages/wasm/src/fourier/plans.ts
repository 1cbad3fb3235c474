// Plans, made once and found again by numbers: for one set of kernels, for one filter, in one layout. Comparing a few
// numbers is cheaper than naming a kernel, and steps are issued by the hundred.
import type { Buffer } from '@scatterlab/tensor'
import type { Kernels } from './kernels.ts'
import type { Address } from '../memory/heap.ts'

/** Plans of one kind, kept for as long as their owner (a filter, a kernel of taps, or the kernels themselves) is. */
export class Plans<Owner extends object, Plan> {
  readonly #known = new WeakMap<
    Kernels,
    WeakMap<Owner, { readonly layout: readonly number[]; readonly plan: Plan }[]>
  >()

  /** The plan of an owner for a layout; `make` is called the first time. */
  get(kernels: Kernels, owner: Owner, layout: readonly number[], make: () => Plan): Plan {
    let ofKernels = this.#known.get(kernels)
    if (ofKernels === undefined) this.#known.set(kernels, (ofKernels = new WeakMap()))
    let known = ofKernels.get(owner)
    if (known === undefined) ofKernels.set(owner, (known = []))
    for (const entry of known) if (areEqual(entry.layout, layout)) return entry.plan
    const plan = make()
    known.push({ layout, plan })
    return plan
  }
}

/** Whether lists have the same numbers. */
export function areEqual(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return a.length === b.length
}

/** Memory of a plan. */
interface Table {
  readonly kernels: Kernels
  readonly address: Address
}

const free = ({ kernels, address }: Table): void => kernels.heap.free(address)
const tables = new WeakMap<Buffer, Table[]>()
const abandoned = new FinalizationRegistry<Table[]>((owned) => owned.forEach(free))

/** Memory for a plan's table of 32-bit words, given back with the buffer of the numbers that it was made of. */
export function tableFor(kernels: Kernels, owner: Buffer, words: ArrayLike<number>): Address {
  const address = kernels.heap.allocateUnscoped(4 * words.length)
  kernels.tookMemory()
  kernels.heap.int32(address, words.length).set(words)
  let owned = tables.get(owner)
  if (owned === undefined) {
    tables.set(owner, (owned = []))
    abandoned.register(owner, owned, owner)
  }
  owned.push({ kernels, address })
  return address
}

/** A table that stays, one for all equal lists of words. */
export const commonTable = (kernels: Kernels, words: readonly number[] | Int32Array): Address =>
  kernels.words(`table ${words.join()}`, () => Int32Array.from(words))

/** Gives the tables back that were made of a buffer's numbers; its plans must not be used any more. */
export function releaseTables(owner: Buffer): void {
  const owned = tables.get(owner)
  if (owned === undefined) return
  abandoned.unregister(owner)
  tables.delete(owner)
  owned.forEach(free)
}

/** A list of 32-bit words, integers and single-precision numbers in turn. */
export class Words {
  readonly #words: number[] = []
  readonly #float = new Float32Array(1)
  readonly #bits = new Int32Array(this.#float.buffer)

  get list(): readonly number[] {
    return this.#words
  }

  int(...values: readonly number[]): void {
    for (const value of values) this.#words.push(value)
  }

  float(...values: readonly number[]): void {
    for (const value of values) {
      this.#float[0] = value
      this.#words.push(this.#bits[0]!)
    }
  }
}
