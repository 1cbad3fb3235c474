// Weights as a file and back. The names and layouts are PyTorch's (`conv1.weight` [out, in / groups, h, w], `bn1.running_mean`), so that
// a file goes either way. Where a training run stands is in training-checkpoint.ts.
import {
  type Backend,
  type Named,
  type RealDType,
  type Rules,
  type Shape,
  type Tensor,
  aBackend,
  aText,
  checkOptions,
  formatShape,
  oneOf,
  sizeOf,
  tensor,
  trueOrFalse,
  checkArgument,
} from '@scatterlab/tensor'
import { aNetwork, isRecord, someWeights } from '../arguments.ts'
import { CheckpointError, inFile } from './checkpoint-error.ts'
import type { ArraySpec } from '../layers/layer.ts'
import type { Network, Weights } from '../network.ts'
import { type DecodeOptions, type DecodedArray, type DecodedFile, decode, encodeSafetensors } from './safetensors.ts'

/** What the names of arrays begin with that only a training run needs; `loadWeights` passes them over. */
export const TRAINING = 'training/'

/** How weights are loaded. */
export interface LoadOptions extends DecodeOptions {
  /** Who owns them (default: the reference). */
  readonly backend?: Backend
  /** Element type (default: float64 if the file's arrays all are, else float32). */
  readonly dtype?: RealDType
  /** Whether arrays that the network does not have are an error (default true) or passed over. */
  readonly strict?: boolean
}

/** A safetensors file of the parameters and the state, with metadata of your own and a checksum. Throws `ValueError`. */
export async function saveWeights(
  weights: Weights,
  metadata: Readonly<Record<string, string>> = {},
): Promise<Uint8Array<ArrayBuffer>> {
  checkArgument('saveWeights: weights', weights, someWeights)
  checkArgument('saveWeights: metadata', metadata, (value) => (isRecord(value) ? undefined : 'texts by name'))
  const arrays = { ...weights.parameters, ...weights.state }
  return encodeSafetensors(arrays, { format: 'pt', ...metadata }, { checksum: true })
}

/**
 * The weights of a network from a safetensors file, ours or another's in PyTorch's layout; `num_batches_tracked` is passed over.
 * Throws what `decodeSafetensors` throws, and `CheckpointError` ARCHITECTURE naming the arrays that are missing, unexpected or of
 * another shape.
 */
export function loadWeights(network: Network, bytes: Uint8Array, options: LoadOptions = {}): Weights {
  checkArgument('loadWeights: network', network, aNetwork)
  const { file, ...place } = checkOptions<LoadOptions>('loadWeights', options, loadRules)
  return inFile(file, 'get the file again', () => weightsFrom(network, decode(bytes), place))
}

const loadRules: Rules<LoadOptions> = {
  backend: aBackend,
  dtype: oneOf('float32', 'float64'),
  strict: trueOrFalse,
  file: aText,
}

/** The weights of a network from a file that is decoded already. */
export function weightsFrom(network: Network, { tensors }: DecodedFile, options: LoadOptions): Weights {
  const { backend, strict = true } = options
  const needed = { ...network.parameters, ...network.state }
  checkArrays(needed, weightArrays(tensors), strict)
  const double = Object.keys(needed).every((name) => tensors[name].dtype === 'F64')
  const { dtype = double && Object.keys(needed).length > 0 ? 'float64' : 'float32' } = options
  const load = (specs: Readonly<Record<string, ArraySpec>>): Named =>
    Object.fromEntries(
      Object.keys(specs).map((name) => [name, realTensor(name, tensors[name], { dtype, ...(backend && { backend }) })]),
    )
  return { parameters: load(network.parameters), state: load(network.state) }
}

/** An array of a file as a tensor. Throws `CheckpointError` DTYPE for one of integers. */
export function realTensor(
  name: string,
  { data, dtype, shape }: DecodedArray,
  options: { readonly dtype: RealDType; readonly backend?: Backend },
): Tensor {
  if (data instanceof Float32Array || data instanceof Float64Array) return tensor(data, shape, options)
  throw new CheckpointError('DTYPE', `array '${name}' is of type ${dtype}: weights are F64, F32, F16 or BF16`)
}

function weightArrays(tensors: DecodedFile['tensors']): DecodedFile['tensors'] {
  const isWeight = (name: string): boolean => !name.startsWith(TRAINING) && !/(^|\.)num_batches_tracked$/.test(name)
  return Object.fromEntries(Object.entries(tensors).filter(([name]) => isWeight(name)))
}

type Shaped = Readonly<Record<string, { readonly shape: Shape }>>

function checkArrays(needed: Shaped, found: Shaped, strict: boolean): void {
  const has = (arrays: Shaped, name: string): boolean => Object.hasOwn(arrays, name)
  const missing = Object.keys(needed).filter((name) => !has(found, name))
  const unexpected = strict ? Object.keys(found).filter((name) => !has(needed, name)) : []
  const others = Object.keys(needed).filter(
    (name) => has(found, name) && found[name].shape.join() !== needed[name].shape.join(),
  )
  const differences = [
    listed('lacks', missing, (name) => `${name} ${formatShape(needed[name].shape)}`),
    listed('has besides', unexpected, (name) => `${name} ${formatShape(found[name].shape)}`),
    listed('has in another shape', others, (name) => {
      return `${name} ${formatShape(found[name].shape)} for ${formatShape(needed[name].shape)}`
    }),
  ].filter((text) => text !== '')
  if (differences.length === 0) return
  const sizes = `The network has ${counted(needed)}, the checkpoint ${counted(found)}`
  const fix = unexpected.length > 0 && missing.length + others.length === 0 ? '; strict: false passes those over' : ''
  throw new CheckpointError(
    'ARCHITECTURE',
    `the checkpoint is of another network: it ${differences.join('; it ')}. ${sizes}${fix}`,
  )
}

function listed(what: string, names: readonly string[], describe: (name: string) => string): string {
  if (names.length === 0) return ''
  const rest = names.length > 3 ? ` and ${names.length - 3} more` : ''
  return `${what} ${names.slice(0, 3).map(describe).join(', ')}${rest}`
}

function counted(arrays: Shaped): string {
  const numbers = Object.values(arrays).reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  return `${Object.keys(arrays).length} arrays of ${numbers.toLocaleString('en')} numbers`
}
