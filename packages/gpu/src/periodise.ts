// A filter on its support, and the folding of what it passes; and the way back. A thread gathers what comes to its number.
import type { View } from '@scatterlab/tensor'
import type { Factors, SpectralFilter } from '@scatterlab/tensor/operations'
import type { Recorder } from './recorder.ts'

/** out[i, ky, kx] ← Σ x̂·ψ̂ / (H·W) over the frequencies that fall there. */
export function periodise(record: Recorder, xhat: View, psi: SpectralFilter, factors: Factors, out: View): void {
  fold(record, xhat, psi, factors, out, 1 / (out.shape[1] * factors[0] * out.shape[2] * factors[1]))
}

/** The adjoint of `periodise`. */
export function periodiseAdjoint(
  record: Recorder,
  g: View,
  psi: SpectralFilter,
  factors: Factors,
  out: View,
  accumulate: boolean,
): void {
  unfold(record, g, psi, factors, out, accumulate, 1 / (g.shape[1] * factors[0] * g.shape[2] * factors[1]))
}

/** out ← scale·periodise(x̂·ψ̂): at each frequency of the coarse grid the sum over those that fall on it. */
export function fold(
  record: Recorder,
  xhat: View,
  psi: SpectralFilter,
  factors: Factors,
  out: View,
  scale: number = 1,
): void {
  const [, h, w] = out.shape
  const [H, W] = [h * factors[0], w * factors[1]]
  record.pass(
    out,
    { xhat, values: psi.values },
    (read, [i, y, x], part) => `
      let total = 0;
      for (let p = 0; p < ${factors[0]}; p++) {
        let ky = ${y} + p * ${h};
        ${boxRow('r', 'ky', H)}
        if (r < ${psi.values.shape[0]}) {
          const opposite = ${H} - ky;
          let mirror = opposite;
          if (mirror >= ${H}) { mirror = 0; }
          for (let q = 0; q < ${factors[1]}; q++) {
            const kx = ${x} + q * ${w};
            ${boxColumn('c', 'kx', W)}
            if (c < ${psi.values.shape[1]}) {
              const weight = scale * ${read.values(['r', 'c'])};
              if (kx >= ${xhat.shape[2]}) {
                total = total + (1 - 2 * ${part}) * weight * ${read.xhat([i, 'mirror', `(${W} - kx)`], part)};
              } else {
                total = total + weight * ${read.xhat([i, 'ky', 'kx'], part)};
              }
            }
          }
        }
      }
      return total;`,
    { ...boxOf(psi, H, W), scale },
  )
}

/** out ← scale·(what each stored frequency gives to the field of a coarse grid, taken back) (+ out if it accumulates). */
export function unfold(
  record: Recorder,
  field: View,
  psi: SpectralFilter,
  factors: Factors,
  out: View,
  accumulate: boolean,
  scale: number = 1,
): void {
  const [, h, w] = field.shape
  const [H, W] = [h * factors[0], w * factors[1]]
  const wrapped = (name: string, k: string, length: number): string => `
    const ${name} = ${k} - Math.floor((${k} + 0.5) / ${length}) * ${length};`
  // a frequency of a half spectrum gets what the filter passes there, and the conjugate of what it passes at the opposite one
  const opposite = out.shape[2] < W
  record.pass(
    out,
    { field, values: psi.values, before: accumulate ? out : undefined },
    (read, [i, ky, kx], part) => `
      let total = 0;
      ${boxRow('r', ky, H)}
      ${boxColumn('c', kx, W)}
      if (r < ${psi.values.shape[0]} && c < ${psi.values.shape[1]}) {
        ${wrapped('y', ky, h)}
        ${wrapped('x', kx, w)}
        total = total + ${read.values(['r', 'c'])} * ${read.field([i, 'y', 'x'], part)};
      }
      if (${opposite ? `${kx} > 0 && 2 * ${kx} < ${W}` : '0 > 1'}) {
        let oppositeY = ${H} - ${ky};
        if (oppositeY >= ${H}) { oppositeY = 0; }
        const oppositeX = ${W} - ${kx};
        ${boxRow('rr', 'oppositeY', H)}
        ${boxColumn('cc', 'oppositeX', W)}
        if (rr < ${psi.values.shape[0]} && cc < ${psi.values.shape[1]}) {
          ${wrapped('yy', 'oppositeY', h)}
          ${wrapped('xx', 'oppositeX', w)}
          total = total + (1 - 2 * ${part}) * ${read.values(['rr', 'cc'])} * ${read.field([i, 'yy', 'xx'], part)};
        }
      }
      return ${accumulate ? `${read.before([i, ky, kx], part)} + ` : ''}scale * total;`,
    { ...boxOf(psi, H, W), scale },
  )
}

/** Where the box of a filter begins, within the grid. */
const boxOf = ({ row, column }: SpectralFilter, H: number, W: number): Record<string, number> => ({
  boxRow: modulo(row, H),
  boxColumn: modulo(column, W),
})

/** Statements that find the row of the box on which a frequency lies (or would, beyond its last). */
const boxRow = (name: string, ky: string, H: number): string => boxPlace(name, ky, 'boxRow', H)
/** Likewise of columns. */
const boxColumn = (name: string, kx: string, W: number): string => boxPlace(name, kx, 'boxColumn', W)

const boxPlace = (name: string, k: string, start: string, period: number): string => `
  let ${name} = ${k} - ${start};
  if (${name} < 0) { ${name} = ${name} + ${period}; }`

const modulo = (k: number, n: number): number => ((k % n) + n) % n
