// The other libraries, in a folder and a lockfile of their own: installed by the first benchmark, typed only as far as it calls them.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

const folder = fileURLToPath(new URL('./peers/', import.meta.url))

/** Installs the peers if they are not there. Throws with the installer's words if that fails. */
export function installPeers(): void {
  if (existsSync(`${folder}node_modules/.modules.yaml`)) return
  console.error('installing the peers of the benchmark, once …')
  const run = spawnSync('npx', ['-y', 'pnpm@12.21.0', 'install', '--frozen-lockfile'], {
    cwd: folder,
    encoding: 'utf8',
  })
  if (run.status !== 0) throw new Error(`the peers could not be installed:\n${run.stdout}${run.stderr}`)
}

/** A peer's module, by name. */
export async function peer<T>(name: string): Promise<T> {
  return (await import(pathToFileURL(peerPath(name)).href)) as T
}

/** Where a peer's file lies. */
export function peerPath(name: string): string {
  return createRequire(`${folder}package.json`).resolve(name)
}

/** The part of fft.js that is timed. */
export interface FftJs {
  createComplexArray(): number[]
  transform(out: number[], data: number[]): void
}

/** fft.js transforms of one size. */
export async function fftJs(length: number): Promise<FftJs> {
  const module = await peer<{ default: new (n: number) => FftJs }>('fft.js')
  return new module.default(length)
}

interface PffftModule {
  HEAPF32: Float32Array
  _pffft_new_setup(n: number, type: number): number
  _pffft_aligned_malloc(bytes: number): number
  _pffft_transform_ordered(setup: number, input: number, output: number, work: number, direction: number): void
}

/** One complex transform of pffft's SIMD build, in its own memory. */
export async function pffft(length: number): Promise<() => void> {
  const { default: start } = await peer<{ default: (options: object) => Promise<PffftModule> }>(
    '@echogarden/pffft-wasm/simd',
  )
  const module = await start({})
  const setup = module._pffft_new_setup(length, 1)
  const [input, output, work] = [0, 0, 0].map(() => module._pffft_aligned_malloc(8 * length))
  for (let i = 0; i < 2 * length; i++) module.HEAPF32[(input >> 2) + i] = Math.sin(i)
  return () => module._pffft_transform_ordered(setup, input, output, work, 0)
}

/** The part of TensorFlow.js that is timed. */
export interface Tfjs {
  tensor(data: Float32Array, shape: number[]): TfTensor
  matMul(a: TfTensor, b: TfTensor): TfTensor
  conv2d(x: TfTensor, filter: TfTensor, strides: number, pad: 'same'): TfTensor
}

/** An array of TensorFlow.js. */
export interface TfTensor {
  dispose(): void
  dataSync(): Float32Array
}

/** TensorFlow.js on its WebAssembly back end, SIMD, one thread unless told otherwise. */
export async function tfjs(): Promise<Tfjs> {
  const core = await peer<Tfjs & { setBackend(name: string): Promise<boolean>; ready(): Promise<void> }>(
    '@tensorflow/tfjs-core',
  )
  const wasm = await peer<{ setWasmPaths(path: string): void }>('@tensorflow/tfjs-backend-wasm')
  wasm.setWasmPaths(peerPath('@tensorflow/tfjs-backend-wasm').replace(/[^/]*$/, ''))
  await core.setBackend('wasm')
  await core.ready()
  return core
}

interface Jax {
  init(device: string): Promise<unknown>
  defaultDevice(device: string): void
  jit<F>(f: F): F
  numpy: {
    array(data: Float32Array, options?: object): JaxArray
    matmul(a: JaxArray, b: JaxArray): JaxArray
  }
}

interface JaxArray {
  ref: JaxArray
  reshape(shape: number[]): JaxArray
  blockUntilReady(): Promise<JaxArray>
  dispose(): void
}

/** A compiled matrix product of jax-js on WebAssembly. */
export async function jaxMatmul(n: number, a: Float32Array, b: Float32Array): Promise<() => Promise<void>> {
  const jax = await peer<Jax>('@jax-js/jax')
  await jax.init('wasm')
  jax.defaultDevice('wasm')
  const [x, y] = [a, b].map((data) => jax.numpy.array(data).reshape([n, n]))
  const product = jax.jit((p: JaxArray, q: JaxArray) => jax.numpy.matmul(p, q))
  return async () => {
    const out = await product(x.ref, y.ref).blockUntilReady()
    out.dispose()
  }
}

interface Onnx {
  env: { wasm: { numThreads: number } }
  Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => object
  InferenceSession: { create(model: Uint8Array, options: object): Promise<{ run(feeds: object): Promise<object> }> }
}

/** A matrix product of onnxruntime-web on WebAssembly. */
export async function onnxMatmul(
  n: number,
  a: Float32Array,
  b: Float32Array,
  threads: number,
): Promise<() => Promise<void>> {
  const onnx = await peer<Onnx>('onnxruntime-web')
  onnx.env.wasm.numThreads = threads
  const session = await onnx.InferenceSession.create(matmulModel(n), { executionProviders: ['wasm'] })
  const feeds = { A: new onnx.Tensor('float32', a, [n, n]), B: new onnx.Tensor('float32', b, [n, n]) }
  return async () => {
    await session.run(feeds)
  }
}

/** C = A·B of two n×n matrices as an ONNX model (protocol buffers, written by hand). */
function matmulModel(n: number): Uint8Array {
  const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)])
  const number = (field: number, value: number): number[] => [field << 3, ...varint(value)]
  const bytes = (field: number, content: readonly number[]): number[] => [
    (field << 3) | 2,
    ...varint(content.length),
    ...content,
  ]
  const text = (field: number, value: string): number[] => bytes(field, [...new TextEncoder().encode(value)])
  const dimension = bytes(1, number(1, n))
  const type = bytes(1, [...number(1, 1), ...bytes(2, [...dimension, ...dimension])])
  const value = (name: string): number[] => [...text(1, name), ...bytes(2, type)]
  const node = [...text(1, 'A'), ...text(1, 'B'), ...text(2, 'C'), ...text(4, 'MatMul')]
  const graph = [
    ...bytes(1, node),
    ...text(2, 'product'),
    ...bytes(11, value('A')),
    ...bytes(11, value('B')),
    ...bytes(12, value('C')),
  ]
  return Uint8Array.from([...number(1, 8), ...bytes(7, graph), ...bytes(8, number(2, 13))])
}

type GpuKernel = (a: number[][], b: number[][]) => unknown

/** A matrix product of gpu.js, on whatever it finds in Node, which its name tells. */
export async function gpuMatmul(n: number): Promise<{ run: () => void; mode: string }> {
  const { GPU } = await peer<{
    GPU: new (options?: object) => {
      createKernel(source: string, options: object): GpuKernel & { kernel: { constructor: { mode: string } } }
    }
  }>('gpu.js')
  const source = `function (a, b) { let sum = 0; for (let i = 0; i < this.constants.K_LENGTH; i++) { sum += a[this.thread.y][i] * b[i][this.thread.x]; } return sum; }`
  const kernel = new GPU({ mode: 'gpu' }).createKernel(source, { output: [n, n], constants: { K_LENGTH: n } })
  const [a, b] = [0, 1].map((s) =>
    Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => Math.sin(i * n + j + s))),
  )
  kernel(a, b)
  return { run: () => void kernel(a, b), mode: kernel.kernel.constructor.mode }
}
