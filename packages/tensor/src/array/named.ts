// Arrays by name: what networks, optimizers, minimisers and checkpoints hand to each other.
import type { Tensor } from './tensor.ts'

/** Arrays by dotted name, such as the parameters of a network or their gradients: `conv1.weight`. */
export type Named = Readonly<Record<string, Tensor>>
