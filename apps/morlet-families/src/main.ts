// Wavelet Filter Bank: three families of Morlet wavelets with their φ_J, how evenly each covers the frequencies, A(ω), and the same
// number for every other bank there is.
import { type Experiment, type Row, experiment } from '@scatterlab/repro'
import {
  type Bank,
  angularBank,
  filterBank1d,
  filterBank2d,
  littlewoodPaley,
  logFrequencyBank,
  morletPyramid,
  orthogonalWavelets,
} from '@scatterlab/wavelets'
import { type Family, type ShapeRule, GRID, bankOptions } from './families.ts'
import { type Bounds, independent } from './independent.ts'
import { coveringFigure, familyFigure, signalFigure } from './pictures.ts'

/** Which families are drawn, on grids of how many pixels; and the banks of signals. */
export interface Budget {
  readonly families: readonly Family[]
  readonly drawnOn: number
  readonly signalLength: number
  readonly waveletsPerOctave: readonly number[]
}

const budget: Budget = {
  families: [
    { J: 3, C: 4, Q: 1 },
    { J: 4, C: 8, Q: 1 },
    { J: 8, C: 8, Q: 2 },
  ],
  drawnOn: 128,
  signalLength: 8192,
  waveletsPerOctave: [1, 8, 12, 16],
}

/** Where most of an image's energy lies: A matters more here than at the edge of the disk. */
const INNER = 0.75 * Math.PI

const morletFamilies: Experiment<Budget> = experiment({
  name: 'morlet-families',
  slide: 'Wavelet Filter Bank',
  claim:
    'Morlet wavelets at C angles and J scales, Q an octave, with φ_J, cover the disk of frequencies: A(ω) is nearly constant',
  budgets: { quick: budget, full: budget },
  async run({ budget, progress, output }) {
    output.describe({
      data: 'none',
      protocol:
        `A(ω) = |φ̂|² + ½ Σ (|ψ̂(ω)|² + |ψ̂(−ω)|²) on ${GRID}×${GRID} points, its least value on the disk |ω| ≤ π; code: σ = 0.8, slant 4/C; ` +
        'matched: neighbours meet at half their power; renormalised: every ψ divided by √(K/2), K = max Σ|ψ̂|²',
      note: "the slide's own three sets of parameters are not known: these are three that show what its caption says",
    })

    // the slide's figure: φ_J, all ψ, A(ω)
    const drawing = progress.phase('families', 2 * budget.families.length)
    for (const family of budget.families) {
      for (const rule of ['matched', 'code'] as const) {
        const bank = filterBank2d({ ...bankOptions(family, rule), renormalise: 'wavelets' })
        const settings = { J: family.J, C: family.C, Q: family.Q }
        number('shape of ψ: slant', rule, bank.options.slant, settings)
        number('shape of ψ: σ, pixels', rule, bank.options.sigma, settings)
        bounds(`family, ${rule}`, bank, settings)
        number('energy of the finest ψ beyond ±π', rule, 100 * mostAliased(bank), settings, '%')
        const drawn = filterBank2d({ ...bankOptions(family, rule, budget.drawnOn), renormalise: 'wavelets' })
        const name = `${rule}-${family.J}-${family.C}-${family.Q}`
        await output.figure(name, familyFigure(family, drawn, littlewoodPaley(bank)), captions[rule])
        drawing.advance()
      }
    }
    drawing.done()

    // beside values that other code has computed
    const rows = independent.map((known) => ({ known, measured: boundsOf(known) }))
    for (const { known, measured } of rows) {
      const settings = { J: known.J, C: known.C, Q: known.Q }
      number('largest A(ω)', 'code, not renormalised', measured.upper, settings)
      number('least A(ω)', 'code, not renormalised', measured.lower, settings)
    }
    const differences = rows.flatMap(({ known, measured }) => KEYS.map((key) => Math.abs(known[key] - measured[key])))
    number('farthest from the independent table', `${differences.length} bounds`, Math.max(...differences))
    output.file('frame-bounds.json', JSON.stringify(rows, null, 1))

    // banks of signals
    const short = filterBank1d({ length: 512, scales: 4, renormalise: 'wavelets' })
    await output.figure('signals', signalFigure(short, littlewoodPaley(short)))
    const covering = []
    for (const Q of budget.waveletsPerOctave) {
      const options = { length: budget.signalLength, scales: 8, waveletsPerOctave: Q }
      const { psi } = filterBank1d(options)
      const settings = { J: 8, Q }
      number('centre of the finest ψ, cycles per sample', 'signals', psi[0].xi / (2 * Math.PI), settings)
      number('bandwidth of the finest ψ, cycles per sample', 'signals', psi[0].sigma / (2 * Math.PI), settings)
      number('energy of the finest ψ beyond ±π', 'signals', 100 * psi[0].aliased(), settings, '%')
      const bank = filterBank1d({ ...options, renormalise: 'wavelets' })
      bounds('signals, to the finest centre', bank, settings, bank.options.xi)
      covering.push({ Q, power: littlewoodPaley(bank) })
    }
    await output.figure('signals-covering', coveringFigure(covering))

    // the same function for every other bank
    const shape = [GRID, GRID] as const
    const image = { shape, scales: 3 }
    bounds('along 16 angles', angularBank({ orientations: 8, spins: 'both', renormalise: 'wavelets' }), { L: 8 })
    bounds('along log-frequencies', logFrequencyBank({ length: 128, scales: 3, renormalise: 'wavelets' }), {
      J: 3,
      Q: 1,
    })
    bounds('pyramid of 7×7 taps, mass 1', morletPyramid(image), { J: 3, L: 8 })
    bounds("pyramid of 7×7 taps, ScatNet's divisor", morletPyramid({ ...image, normalise: 'scatnet' }), { J: 3, L: 8 })
    bounds('frame of cubic splines', orthogonalWavelets(image), { J: 3 })
    bounds('frame of Daubechies, 4 moments', orthogonalWavelets({ ...image, family: 'daubechies' }), { J: 3 })
    bounds('frame of Shannon', orthogonalWavelets({ ...image, family: 'shannon' }), { J: 3 })

    function bounds(method: string, bank: Bank, settings: Row['settings'], radius?: number): void {
      const { upper, lower } = littlewoodPaley(bank, radius)
      number('largest A(ω)', method, upper, settings)
      number('least A(ω)', method, lower, settings)
    }

    function number(measure: string, method: string, value: number, settings: Row['settings'] = {}, unit = ''): void {
      output.row({ measure, method, settings, value, unit })
    }
  },
})

const captions: Record<ShapeRule, string> = {
  matched: 'Neighbours meet at half their power: wavelets are more elongated when C grows or Q falls.',
  code: "The parameters of ScatNet's and kymatio's code, whatever Q.",
}

const KEYS = ['upper', 'lower', 'renormalisedUpper', 'renormalisedLower', 'inner'] as const

/** What the independent table has of a family. */
function boundsOf(family: Family): Bounds {
  const options = bankOptions(family, 'code')
  const { upper, lower } = littlewoodPaley(filterBank2d(options))
  const bank = filterBank2d({ ...options, renormalise: 'wavelets' })
  const { upper: renormalisedUpper, lower: renormalisedLower } = littlewoodPaley(bank)
  return { upper, lower, renormalisedUpper, renormalisedLower, inner: littlewoodPaley(bank, INNER).lower }
}

const mostAliased = ({ psi }: ReturnType<typeof filterBank2d>): number => Math.max(...psi.map((one) => one.aliased()))

export default morletFamilies
