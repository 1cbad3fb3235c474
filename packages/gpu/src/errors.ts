// The errors of the package. Those of a machine say what to do about it.
import { ScatterlabError } from '@scatterlab/tensor'

/** There is no GPU that gpu.js computes on, with the reason and the fix. `code` is `NO_GPU`. */
export class NoGpuError extends ScatterlabError {
  constructor(reason: string, options?: ErrorOptions) {
    super('NO_GPU', `no GPU here: ${reason}`, options)
  }
}

/** The GPU was taken away, and with it every array on it. Arrays made afterwards work. `code` is `CONTEXT_LOST`. */
export class ContextLostError extends ScatterlabError {
  constructor(options?: ErrorOptions) {
    super(
      'CONTEXT_LOST',
      'the GPU was reset or taken away, and this array with it: make it again, the next call opens the GPU anew',
      options,
    )
  }
}

/** A kernel could not be compiled or run; the results that depend on it throw this when they are read. `code` is `KERNEL`. */
export class KernelError extends ScatterlabError {
  constructor(message: string, options?: ErrorOptions) {
    super('KERNEL', message, options)
  }
}

/** An array is used after its memory was given back. `code` is `RELEASED`. */
export class ReleasedError extends ScatterlabError {
  constructor() {
    super(
      'RELEASED',
      'this array was released, by hand or by the end of its step or scope: read it before, or return it from the scope',
    )
  }
}
