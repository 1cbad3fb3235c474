// Kernels that go once through several arrays of single precision at a time: rectifiers, and the optimizers' updates. All
// arrays are contiguous and of one length; an array that is written may also be read.
import { type Expr, type FunctionBuilder, type Local, Module, f32x4, i32, v128 } from '../assembler/assembler.ts'

type Vector = Local<'v128'>

/** One pass: the arrays that it reads (also those it writes), its constants, and what is written to the first arrays. */
interface Pass {
  readonly arrays: readonly string[]
  readonly constants: readonly string[]
  readonly step: (
    f: FunctionBuilder,
    arrays: Record<string, Vector>,
    constants: Record<string, Vector>,
  ) => readonly Expr<'v128'>[]
}

const { add, sub, mul, div, sqrt, gt, splat } = f32x4

/** out ← x where x > 0, else slope·x. */
const leakyRelu: Pass = {
  arrays: ['out', 'x'],
  constants: ['slope', 'zero'],
  step: (_, { x }, { slope, zero }) => [v128.bitselect(x!, mul(x!, slope!), gt(x!, zero!))],
}

/** out ← gradient where x > 0, else 0. */
const reluGradient: Pass = {
  arrays: ['out', 'x', 'gradient'],
  constants: ['zero'],
  step: (_, { x, gradient }, { zero }) => [v128.and(gradient!, gt(x!, zero!))],
}

/** out ← gradient where x > 0, else slope·gradient. */
const leakyReluGradient: Pass = {
  arrays: ['out', 'x', 'gradient'],
  constants: ['slope', 'zero'],
  step: (_, { x, gradient }, { slope, zero }) => [v128.bitselect(gradient!, mul(gradient!, slope!), gt(x!, zero!))],
}

/** v ← μ·v − λ·w − ε·g, w ← w + v, with λ = decay·ε. Krizhevsky, Sutskever & Hinton (2012), section 5. */
const sgd: Pass = {
  arrays: ['w', 'velocity', 'gradient'],
  constants: ['rate', 'momentum', 'decay'],
  step: (f, { w, velocity, gradient }, { rate, momentum, decay }) => {
    const speed = f.let(sub(mul(velocity!, momentum!), add(mul(w!, decay!), mul(gradient!, rate!))))
    return [add(w!, speed), speed]
  },
}

/** The same velocity, but w ← w + μ·v − λ·w − ε·g with the new v. Sutskever et al. (2013). */
const nesterov: Pass = {
  ...sgd,
  step: (f, { w, velocity, gradient }, { rate, momentum, decay }) => {
    const pull = f.let(add(mul(w!, decay!), mul(gradient!, rate!)))
    const speed = f.let(sub(mul(velocity!, momentum!), pull))
    return [add(w!, sub(mul(speed, momentum!), pull)), speed]
  },
}

/**
 * g ← g + decay·w, m ← β₁m + (1 − β₁)g, s ← β₂s + (1 − β₂)g², w ← kept·w − rate·m / (√(s·unbias) + ε), where `rate` already
 * holds the bias of m. Kingma & Ba (2015).
 */
const adam: Pass = {
  arrays: ['w', 'mean', 'square', 'gradient'],
  constants: ['rate', 'beta1', 'rest1', 'beta2', 'rest2', 'unbias', 'epsilon', 'decay', 'kept'],
  step: (f, { w, mean, square, gradient }, c) => {
    const slope = f.let(add(gradient!, mul(w!, c.decay!)))
    const first = f.let(add(mul(mean!, c.beta1!), mul(slope, c.rest1!)))
    const second = f.let(add(mul(square!, c.beta2!), mul(mul(slope, slope), c.rest2!)))
    const change = div(mul(first, c.rate!), add(sqrt(mul(second, c.unbias!)), c.epsilon!))
    return [sub(mul(w!, c.kept!), change), first, second]
  },
}

/** The passes that there are kernels for. */
export type PassName = 'leakyRelu' | 'reluGradient' | 'leakyReluGradient' | 'sgd' | 'nesterov' | 'adam'

const passes: Readonly<Record<PassName, Pass>> = { leakyRelu, reluGradient, leakyReluGradient, sgd, nesterov, adam }

/** The kernels: the number of elements, the arrays' addresses and the constants in the order of `passOrder`. */
export type PassKernels = Readonly<Record<PassName, (n: number, ...parameters: number[]) => void>>

/** Names of a pass's arrays and constants, in the order of its kernel's parameters. */
export const passOrder = (name: PassName): readonly string[] => [...passes[name].arrays, ...passes[name].constants]

/** Emits one kernel a pass. */
export function updatesModule(shared: boolean): Module {
  const module = new Module({ shared })
  for (const [name, pass] of Object.entries(passes)) passKernel(module, name, pass)
  return module
}

function passKernel(module: Module, name: string, { arrays, constants, step }: Pass): void {
  const params = {
    n: 'i32' as const,
    ...Object.fromEntries(arrays.map((array) => [array, 'i32' as const])),
    ...Object.fromEntries(constants.map((constant) => [constant, 'f32' as const])),
  }
  module.function(name, { params }, (f, locals) => {
    const { n } = locals
    const pointers = arrays.map((array): Local<'i32'> => (locals as unknown as Record<string, Local<'i32'>>)[array]!)
    const vectors = Object.fromEntries(
      constants.map((constant) => [
        constant,
        f.let(splat((locals as unknown as Record<string, Local<'f32'>>)[constant]!)),
      ]),
    )
    const pass = (count: 4 | 1): void => {
      const values = Object.fromEntries(
        arrays.map((array, i) => [array, f.let(count === 4 ? v128.load(pointers[i]!) : v128.load32Zero(pointers[i]!))]),
      )
      for (const [i, result] of step(f, values, vectors).entries()) {
        if (count === 4) f.store(pointers[i]!, result)
        else f.storeLane(32, pointers[i]!, result, 0)
      }
      for (const pointer of pointers) f.advance(pointer, 4 * count)
    }
    f.forRange(3, n, 4, () => pass(4))
    f.forRange(0, i32.and(n, 3), 1, () => pass(1))
  })
}
