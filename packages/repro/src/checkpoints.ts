// Where a run keeps its checkpoints, as its host provides it: the command a folder (checkpoint-folder.node.ts), a page what it
// passes to the run. keeper.ts says what is kept there, resumption.ts when it may be used again.

/** A place for the checkpoints of one experiment. A call begins only after the one before it has settled. */
export interface Checkpoints {
  /** What messages call the place: the path of a folder. */
  readonly path?: string
  /** What was last written as `name`, or undefined. */
  read(name: string): Uint8Array | undefined | Promise<Uint8Array | undefined>
  /** Keeps `bytes`, a copy that is its own, in the place of what was there: whole, or not at all. */
  write(name: string, bytes: Uint8Array<ArrayBuffer>): void | Promise<void>
  /** Removes all that was written: the run has finished. */
  remove(): void | Promise<void>
}

/** Checkpoints that last as long as the returned object: for a page whose runs are interrupted and resumed while it is open. */
export function memoryCheckpoints(): Checkpoints {
  const kept = new Map<string, Uint8Array>()
  return {
    read: (name) => kept.get(name),
    write: (name, bytes) => void kept.set(name, bytes),
    remove: () => kept.clear(),
  }
}
