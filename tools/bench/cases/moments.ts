// Moments and covariances of textures: their value, value with gradient, and how long a synthesis takes.
import { lbfgs } from '@scatterlab/optim'
import { covariances2d, moments2d, synthesise } from '@scatterlab/scattering'
import { type Tensor, scope, square, sum, valueAndGrad } from '@scatterlab/tensor'
import { coreClock, wallClock } from '../measure.ts'
import { type Group, noise, noiseTensor } from './context.ts'

const [SIDE, SCALES, BATCH] = [256, 7, 4]

/** What the ST package prints for 256×256, J = 7, L = 4, a value on one core. */
const ST = { name: 'the ST package', value: 30 }

const cases = [
  { name: 'moments', make: moments2d, orientations: 4 },
  { name: 'moments', make: moments2d, orientations: 8 },
  { name: 'covariances', make: covariances2d, orientations: 4 },
]

/** Iterations of a synthesis that is timed, and those that it is told for. */
const [TIMED, TOLD] = [6, 300]

/** Images per second, four at a time; a synthesis of one image from its first iterations. */
export const moments: Group = async function* ({ backend, threads }) {
  // on one thread the time that the work has the core
  const now = threads > 1 ? wallClock : coreClock
  for (const { name, make, orientations } of cases) {
    const { apply, transform, dispose, ...of } = make({ shape: [SIDE, SIDE], scales: SCALES, orientations, backend })
    const x = noiseTensor([BATCH, SIDE, SIDE], backend)
    const size = `J=${SCALES} L=${orientations} ${SIDE}x${SIDE}`
    const group = { group: 'moments', unit: 'images/s', units: BATCH }
    yield {
      ...group,
      name: `${name} ${size} batch ${BATCH}`,
      ours: () => backend.release(apply(x).buffer),
      ...(threads === 1 && orientations === 4 && name === 'moments' ? { quoted: ST } : {}),
    }
    const at = valueAndGrad((z: Tensor) => sum(square(apply(z))))
    yield {
      ...group,
      name: `${name}, value and gradient, ${size} batch ${BATCH}`,
      ours: () => scope(() => void at(x)),
    }
    const texture = { data: noise(SIDE * SIDE), shape: [SIDE, SIDE] }
    const target = await transform(texture)
    const own = { ...of, apply, transform, dispose }
    yield {
      group: 'moments',
      name: `synthesis from ${name} ${size}, ${TOLD} iterations told by ${TIMED}`,
      unit: 's',
      sample: async () => {
        const at: number[] = []
        const onIteration = (): void => void at.push(now())
        await synthesise(target, own, { minimise: lbfgs, iterations: TIMED, seed: 1, onIteration })
        return ((at.at(-1)! - at[0]) / 1000 / (TIMED - 1)) * TOLD
      },
      close: () => {
        dispose()
        backend.release(x.buffer)
      },
    }
  }
}
