// The error where no kernel can run.
import { ScatterlabError } from '@scatterlab/tensor'

/** WebAssembly here has no vectors, or may not be compiled, so that nothing of this package can run. `code` is `NO_SIMD`. */
export class NoSimdError extends ScatterlabError {
  constructor(compiles = true) {
    super(
      'NO_SIMD',
      compiles
        ? 'this engine has no WebAssembly SIMD: use the `reference` back end, or a newer engine'
        : "WebAssembly may not be compiled here: add 'wasm-unsafe-eval' to `script-src` of the content security policy, or use " +
            'the `reference` back end',
    )
  }
}
