// Scale Separation with Wavelets: W as a bank in Fourier and as a cascade of small filters, how few coefficients hold a photograph,
// what each way costs, and what is lost with the phase.
import { photographOrLeaves } from '@scatterlab/datasets/photographs'
import { type Experiment, type Row, experiment } from '@scatterlab/repro'
import { type Tensor, abs, scope, startTurns, tensor } from '@scatterlab/tensor'
import {
  filterBank2d,
  littlewoodPaley,
  morletPyramid,
  orthogonalWavelets,
  waveletTransform,
} from '@scatterlab/wavelets'
import { type Cost, costAt, exponent, multiplications } from './cost.ts'
import { adjointMismatch, againstEquivalents, correlation, reconstructionError } from './exactness.ts'
import { fromPart, moved, psnr, retrieved } from './phase.ts'
import { costPlot, equivalentFigure, pictures, shiftPlot, sparsityPlot } from './pictures.ts'
import {
  type Square,
  centred,
  errorsKeeping,
  fourierEnergies,
  keepingLargest,
  moduliEnergies,
  pixelEnergies,
  shareHolding,
  sorted,
  waveletEnergies,
  withRandomPhases,
} from './sparsity.ts'

/** The picture, the sides at which the cost is taken, and how long moduli are iterated. */
export interface Budget {
  readonly photograph: 'camera' | 'chelsea'
  readonly side: number
  readonly sides: readonly number[]
  readonly timedRuns: number
  readonly retrievedSide: number
  readonly iterations: number
}

const J = 4
const L = 8
/** The scale whose wavelets are followed while the picture moves: 2^2 pixels. */
const FOLLOWED = 2

const app: Experiment<Budget> = experiment({
  name: 'wavelet-transform',
  slide: 'Scale Separation with Wavelets',
  claim: 'W is a cascade of low-pass and band-pass filters; x⋆ψ is sparse; its modulus eliminates the phase',
  budgets: {
    quick: {
      photograph: 'camera',
      side: 256,
      sides: [64, 128, 256, 512],
      timedRuns: 3,
      retrievedSide: 128,
      iterations: 100,
    },
    full: {
      photograph: 'camera',
      side: 512,
      sides: [64, 128, 256, 512, 1024],
      timedRuns: 7,
      retrievedSide: 256,
      iterations: 500,
    },
  },
  backends: { wasm: async () => (await import('@scatterlab/wasm')).createWasmBackend() },
  async run({ budget, seed, backend, dataFolder, progress, signal, output }) {
    const { side } = budget
    const find = (of: number) => photographOrLeaves(budget.photograph, { size: of, folder: dataFolder, signal })
    const { picture, note } = await progress.during('photograph', () => find(side))
    const photo: Square = { data: Float32Array.from(picture.data), side }
    output.describe({
      data: picture.source,
      protocol:
        `J = ${J}, L = ${L}; bank: Morlets in Fourier, exact convention; cascade: Gaussian and Morlets of 7×7 taps, periodic edges; sparsity: ` +
        'the picture without its mean, orthonormal bases; control: Gaussian noise of the same spectrum; cost: the fastest of ' +
        `${budget.timedRuns} runs, single precision; phases: Griffin & Lim from a random start, ${budget.iterations} iterations`,
      note,
    })
    const shape = [side, side] as const
    const bank = filterBank2d({ shape, scales: J, orientations: L, convention: 'exact' })
    const W = waveletTransform(bank)
    const cascade = morletPyramid({ shape, scales: J, orientations: L, edges: 'periodic' })

    // W by a bank in Fourier, and by a cascade
    const { shown, correlations } = await progress.during('bank and cascade', () =>
      scope(() => {
        const x = tensor(photo.data, shape, { backend })
        const [{ psi }, { details }] = [W.forward(x), cascade.analyse(x)]
        const modulus = (field: Tensor): ArrayLike<number> => abs(field).toTypedArray()
        const caption = (way: string, j: number, t: number): string => `${way}, j = ${j}, ${(180 * t) / L}°`
        const shown = [0, L / 2].flatMap((t) => [
          ...details.map((_, j) => ({ data: modulus(psi.slice(j * L + t)), side, caption: caption('bank', j, t) })),
          ...details.map((d, j) => ({
            data: modulus(d.slice(t)),
            side: side / 2 ** j,
            caption: caption('cascade', j, t),
          })),
        ])
        const correlations = details.map((detail, j) => {
          const kept = psi.slice([j * L, (j + 1) * L], [0, side, 2 ** j], [0, side, 2 ** j])
          return correlation(abs(kept), abs(detail))
        })
        return { shown, correlations }
      }),
    )
    correlations.forEach((value, j) => number('correlation of |x ⋆ ψ|', 'bank and cascade', value, { j }))
    await output.figure(
      'moduli',
      pictures('|x ⋆ ψ| by the bank and by the cascade', shown, J),
      'Each from its own black to its own white.',
    )
    const small = { shape: [64, 64] as const, scales: J, orientations: L }
    const [smallBank, smallCascade] = [
      filterBank2d({ ...small, convention: 'exact' }),
      morletPyramid({ ...small, edges: 'periodic' }),
    ]
    const power = littlewoodPaley(smallCascade)
    for (const [method, { upper, lower }] of [
      ['bank', littlewoodPaley(smallBank)],
      ['cascade', power],
    ] as const) {
      number('largest A(ω)', method, upper)
      number('least A(ω) on |ω| ≤ π', method, lower)
    }
    await output.figure(
      'equivalent-filters',
      equivalentFigure(smallBank, smallCascade, { scales: J, orientations: L, orientation: 1 }, power),
    )
    number(
      'cascade against its equivalent filters',
      'farthest, double precision',
      againstEquivalents(smallCascade, seed),
    )
    number('⟨Wx, y⟩ against ⟨x, W*y⟩', 'bank, relative', adjointMismatch(waveletTransform(smallBank), seed))

    // how few coefficients hold the picture
    const x = centred(photo)
    const noise = withRandomPhases(x, seed)
    const bases = {
      'Daubechies, 4 moments': orthogonalWavelets({ shape, scales: J + 1, family: 'daubechies' }),
      'cubic splines': orthogonalWavelets({ shape, scales: J + 1 }),
      Shannon: orthogonalWavelets({ shape, scales: J + 1, family: 'shannon' }),
    }
    const shares = Array.from({ length: 41 }, (_, i) => 10 ** (-3 + i / 20)).filter((share) => share < 0.6)
    const errors: Record<string, number[]> = {}
    const measure = (method: string, energies: Float64Array, orthonormal = true): void => {
      const ordered = sorted(energies)
      number('coefficients that hold 99 % of the energy', method, 100 * shareHolding(ordered, 0.99), {}, '%')
      if (orthonormal) errors[method] = errorsKeeping(ordered, shares)
    }
    await progress.during('sparsity', (phase) => {
      for (const [method, basis] of Object.entries(bases)) {
        number('reconstruction', method, reconstructionError(basis, seed))
        measure(method, waveletEnergies(x, basis, backend))
        phase.advance()
      }
      measure('Fourier', fourierEnergies(x, backend))
      measure('pixels', pixelEnergies(x))
      measure('noise, Daubechies', waveletEnergies(noise, bases['Daubechies, 4 moments'], backend))
      for (const [method, of] of [
        ['|x ⋆ ψ|, Morlets', x],
        ['noise, |x ⋆ ψ|', noise],
      ] as const)
        measure(method, moduliEnergies(of, W, backend), false)
    })
    await output.figure('sparsity', sparsityPlot(shares, errors), 'Noise: Gaussian, with the spectrum of the picture.')
    const [few, basis] = [0.05, bases['Daubechies, 4 moments']]
    const approximated = keepingLargest(photo, basis, few, backend)
    number('PSNR of 5 % of the coefficients', 'Daubechies, 4 moments', psnr(photo.data, approximated), {}, 'dB')

    // what each way costs
    const costs: Cost[] = []
    await progress.during(
      'cost',
      async (phase) => {
        for (const one of budget.sides) {
          costs.push(costAt(one, J, L, budget.timedRuns, backend))
          phase.advance()
          await startTurns(signal).next()
        }
      },
      budget.sides.length,
    )
    for (const way of ['bank', 'cascade'] as const) {
      const { side: largest, [way]: time } = costs.at(-1)!
      number('time', way, time, { side: largest }, 'ms')
      number('exponent of the cost in N', way, exponent(costs.slice(1), way))
      number('multiplications a pixel', way, multiplications(largest, J, L)[way] / largest ** 2, { side: largest })
    }
    await output.figure('cost', costPlot(costs))

    // what the modulus removes
    const shifts = [0, 1, 2, 3, 4, 5, 6, 7, 8]
    const band = [FOLLOWED * L, (FOLLOWED + 1) * L] as const
    const changes = shifts.map((shift) => moved(x, W, shift, band, backend))
    number('change when x moves by 2 pixels', 'x ⋆ ψ', changes[2].field, { j: FOLLOWED })
    number('change when x moves by 2 pixels', '|x ⋆ ψ|', changes[2].modulus, { j: FOLLOWED })
    await output.figure(
      'shift',
      shiftPlot(
        shifts,
        changes.map(({ field }) => field),
        changes.map(({ modulus }) => modulus),
        FOLLOWED,
      ),
    )
    const { picture: reduced } = await find(budget.retrievedSide)
    const seen: Square = { data: Float32Array.from(reduced.data), side: budget.retrievedSide }
    const reducedShape = [seen.side, seen.side] as const
    const V = waveletTransform(filterBank2d({ shape: reducedShape, scales: J, orientations: L, convention: 'exact' }))
    const turns = startTurns(signal)
    let misfit = 0
    const again = await progress.during(
      'phases',
      (phase) =>
        retrieved(seen, V, budget.iterations, seed, backend, async (apart) => {
          misfit = apart
          phase.advance()
          await turns.next()
        }),
      budget.iterations,
    )
    const shuffled = fromPart(seen, V, 'moduli', seed, backend)
    number('PSNR', 'moduli, random phases', psnr(seen.data, shuffled), {}, 'dB')
    number('PSNR', 'moduli alone, phases found again', psnr(seen.data, again), { iterations: budget.iterations }, 'dB')
    number('‖|Wy| − |Wx|‖ / ‖Wx‖', 'phases found again', misfit, { iterations: budget.iterations })
    const parts = [
      { data: seen.data, caption: 'x' },
      { data: shuffled, caption: 'its |x ⋆ ψ|, random phases' },
      { data: normalised(fromPart(seen, V, 'phases', seed, backend)), caption: 'its phases, all |x ⋆ ψ| = 1' },
      { data: again, caption: 'from |x ⋆ ψ|, phases found again' },
    ]
    await output.figure(
      'phase',
      pictures(
        'What the modulus removes',
        parts.map((part) => ({ ...part, side: seen.side })),
        4,
        false,
      ),
    )
    await output.figure(
      'few-coefficients',
      pictures(
        '',
        [
          { data: photo.data, side, caption: 'x' },
          { data: approximated, side, caption: '5 % of its coefficients' },
        ],
        2,
        false,
      ),
    )

    function number(measure: string, method: string, value: number, settings: Row['settings'] = {}, unit = ''): void {
      output.row({ measure, method, settings, value, unit })
    }
  },
})

/** From the mean less two deviations to the mean plus two. */
function normalised(data: Float32Array): Float32Array {
  const mean = data.reduce((s, v) => s + v, 0) / data.length
  const deviation = Math.sqrt(data.reduce((s, v) => s + (v - mean) ** 2, 0) / data.length)
  return data.map((v) => 0.5 + (v - mean) / (4 * deviation))
}

export default app
