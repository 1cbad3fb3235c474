// The free ranges of a growing address space: size classes with immediate coalescing. It counts in units (the
// heap's alignment) and never touches memory. Source: Masmano et al., "TLSF: a new dynamic memory allocator" (2004),
// with a short best-fit search inside a class.

/** A run of units; neighbours in address order are linked. */
interface Block {
  readonly start: number
  size: number
  free: boolean
  before: Block | null
  after: Block | null
}

/** Classes per power of two: block sizes within one differ by less than a quarter. */
const STEPS = 4
/** Blocks of one class that are compared for the best fit. */
const CANDIDATES = 16

const classOf = (size: number): number => {
  const power = 31 - Math.clz32(size)
  if (power < 2) return size - 1
  return STEPS * (power - 1) + ((size >>> (power - 2)) & (STEPS - 1)) - 1
}

/** Ranges of units in [0, capacity); all are free at first. */
export class Allocator {
  readonly #used = new Map<number, Block>()
  readonly #classes: Set<Block>[] = Array.from({ length: classOf(0x7fffffff) + 1 }, () => new Set())
  #last: Block | null = null
  #capacity = 0

  constructor(capacity: number) {
    this.grow(capacity)
  }

  /** Units in all. */
  get capacity(): number {
    return this.#capacity
  }

  /** Ranges in use. */
  get used(): number {
    return this.#used.size
  }

  /** Free ranges; neighbours are always joined. */
  get fragments(): number {
    return this.#classes.reduce((count, blocks) => count + blocks.size, 0)
  }

  /** Units at the end of the address space that are free. */
  get tail(): number {
    return this.#last?.free ? this.#last.size : 0
  }

  /** Adds units at the end. */
  grow(units: number): void {
    if (units === 0) return
    const block: Block = { start: this.#capacity, size: units, free: false, before: this.#last, after: null }
    if (this.#last !== null) this.#last.after = block
    this.#last = block
    this.#capacity += units
    this.#release(block)
  }

  /** The start of `units` > 0 free units, now in use; undefined if no free range is that long. */
  take(units: number): number | undefined {
    const block = this.#find(units)
    if (block === undefined) return undefined
    this.#unlist(block)
    if (block.size > units) {
      const rest: Block = {
        start: block.start + units,
        size: block.size - units,
        free: false,
        before: block,
        after: block.after,
      }
      if (block.after !== null) block.after.before = rest
      else this.#last = rest
      block.after = rest
      block.size = units
      this.#list(rest)
    }
    this.#used.set(block.start, block)
    return block.start
  }

  /** The size of the range in use that starts there; undefined if none does. */
  sizeAt(start: number): number | undefined {
    return this.#used.get(start)?.size
  }

  /** Frees the range that starts there and gives its size; undefined if none does. */
  give(start: number): number | undefined {
    const block = this.#used.get(start)
    if (block === undefined) return undefined
    this.#used.delete(start)
    const { size } = block
    this.#release(block)
    return size
  }

  #find(units: number): Block | undefined {
    let best: Block | undefined
    let seen = 0
    // Blocks of the request's own class may be too small; every later class fits.
    for (let index = classOf(units); index < this.#classes.length && best === undefined; index++) {
      for (const block of this.#classes[index]!) {
        if (block.size >= units && (best === undefined || block.size < best.size)) best = block
        if (best !== undefined && ++seen >= CANDIDATES) break
      }
    }
    return best
  }

  #release(block: Block): void {
    let joined = block
    if (block.before?.free) joined = this.#join(block.before, block)
    if (joined.after?.free) this.#join(joined, joined.after)
    this.#list(joined)
  }

  #join(first: Block, second: Block): Block {
    for (const block of [first, second]) if (block.free) this.#unlist(block)
    first.size += second.size
    first.after = second.after
    if (second.after !== null) second.after.before = first
    else this.#last = first
    return first
  }

  #list(block: Block): void {
    block.free = true
    this.#classes[classOf(block.size)]!.add(block)
  }

  #unlist(block: Block): void {
    block.free = false
    this.#classes[classOf(block.size)]!.delete(block)
  }
}
