// The error of an engine without vectors.
import { ScatterlabError } from '@scatterlab/tensor'

/** WebAssembly here has no vectors, so that nothing of this package can run. `code` is `NO_SIMD`. */
export class NoSimdError extends ScatterlabError {
  constructor() {
    super('NO_SIMD', 'this engine has no WebAssembly SIMD: use the `reference` back end, or a newer engine')
  }
}
