// Who computes: WebAssembly by default, and the reference on request. What was asked for runs, or is refused.
import { type Backend, reference } from '@scatterlab/tensor'
import { createWasmBackend } from '@scatterlab/wasm'

/** The back ends by the names that the command has for them. */
export const backEnds = ['wasm', 'reference'] as const

/** Which back end, and how. */
export interface Computing {
  readonly backend: (typeof backEnds)[number]
  /** The same bits on every machine. */
  readonly deterministic: boolean
}

/** A back end on `threads` threads. Throws NoSimdError where WebAssembly has no vectors. */
export const backEnd = ({ backend, deterministic }: Computing, threads: number): Backend =>
  backend === 'reference' ? reference : createWasmBackend({ deterministic, threads })
