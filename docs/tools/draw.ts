// The pictures of the first page and of the page on Φ, drawn by the packages when the site is built: docs/public/drawn/NAME.svg.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Figure, filterMosaic, heatMap, imageGrid, linePlot, scatteringDisk } from '@scatterlab/figures'
import { mnistSample } from '@scatterlab/datasets/mnist-sample'
import { lbfgs } from '@scatterlab/optim'
import { invert, scattering2d } from '@scatterlab/scattering'
import { deform, randomDisplacement, relativeDistances, translate } from '@scatterlab/symmetry'
import { type ShapedArray, ifft2, scope, tensor } from '@scatterlab/tensor'
import { createWasmBackend } from '@scatterlab/wasm'
import { type FilterBank2d, filterBank2d, littlewoodPaley, toGrid } from '@scatterlab/wavelets'

const SIDE = 32
const folder = join(import.meta.dirname, '../public/drawn')

/** The pictures by name. */
export async function pictures(): Promise<Record<string, Figure>> {
  const backend = createWasmBackend()
  const x = await aDigit(3)
  const scatter = scattering2d({ shape: [SIDE, SIDE], scales: 3, orientations: 8, backend })
  return {
    moved: movedDigit(x),
    bank: bankFigure(filterBank2d({ shape: [64, 64], scales: 3, orientations: 8 })),
    covering: coveringFigure(filterBank2d({ shape: [64, 64], scales: 3, orientations: 8 })),
    moduli: moduliFigure(x),
    averages: averagesFigure(x, scatter),
    second: secondFigure(x),
    disk: diskFigure(x),
    shifts: shiftCurves(x),
    bends: bendCurves(x),
    rebuilt: await rebuilt(x),
    wavelets: strip(filterBank2d({ shape: [96, 96], scales: 4, orientations: 8 })),
  }
}

/** Draws them all, and says how many. */
export async function draw(): Promise<number> {
  mkdirSync(folder, { recursive: true })
  const all = Object.entries(await pictures())
  for (const [name, { svg }] of all) writeFileSync(join(folder, `${name}.svg`), svg)
  return all.length
}

type Image = ShapedArray<Float32Array>

const imageOf = (data: ArrayLike<number>, height: number, width = height): Image => ({
  data: Float32Array.from(data),
  shape: [height, width],
})

/** The first test digit of that class, from 0 to 1, in a frame of zeros. */
async function aDigit(wanted: number): Promise<Image> {
  const { test } = await mnistSample()
  const [, height, width] = test.images.shape
  const at = test.labels.indexOf(wanted) * height * width
  const frame = (SIDE - height) / 2
  const data = new Float32Array(SIDE * SIDE)
  for (let r = 0; r < height; r++) {
    for (let c = 0; c < width; c++) data[(r + frame) * SIDE + c + frame] = test.images.data[at + r * width + c]! / 255
  }
  return imageOf(data, SIDE)
}

function movedDigit(x: Image): Figure {
  const moved = imageOf(translate(x, [2, 3]).data, SIDE)
  const difference = imageOf(
    moved.data.map((v, i) => Math.abs(v - x.data[i]!)),
    SIDE,
  )
  return imageGrid({
    title: 'A digit, the same moved by 2 and 3 pixels, and what differs',
    images: [x, moved, difference],
    captions: ['x', 'x moved', '|difference|'],
    columns: 3,
    range: [0, 1],
    scale: 5,
  })
}

const inSpace = (fourier: Float64Array, height: number, width: number) =>
  scope(() => ifft2(tensor(fourier, [height, width])).real.toTypedArray())

const waves = (bank: FilterBank2d) => {
  const [height, width] = bank.options.shape
  return bank.psi.map((psi) => ({
    data: inSpace(toGrid(psi.atLevel(0)), height, width),
    shape: [height, width] as const,
  }))
}

const bankFigure = (bank: FilterBank2d): Figure =>
  filterMosaic({
    title: 'The real parts of ψ: three scales, eight directions',
    filters: waves(bank),
    columns: 8,
    rowLabels: ['j = 0', 'j = 1', 'j = 2'],
    origin: 'corner',
    crop: 33,
    scale: 2,
  })

/** The same without a word, for the first page. */
const strip = (bank: FilterBank2d): Figure =>
  filterMosaic({ filters: waves(bank), columns: 8, origin: 'corner', crop: 48, scale: 2 })

function coveringFigure(bank: FilterBank2d): Figure {
  const { sum, shape, lower, upper } = littlewoodPaley(bank)
  return heatMap({
    title: `A(ω), from ${lower.toFixed(2)} on |ω| ≤ π to ${upper.toFixed(2)}`,
    data: sum,
    shape,
    origin: 'corner',
    range: [0, Math.max(1, upper)],
    label: 'A(ω)',
    x: { label: 'ω, horizontal', extent: [-Math.PI, Math.PI] },
    y: { label: 'ω, vertical', extent: [-Math.PI, Math.PI] },
    scale: 5,
  })
}

/** U[p]x of one image by path, each at its own resolution. */
function allModuli(x: Image) {
  const scatter = scattering2d({ shape: [SIDE, SIDE], scales: 3, orientations: 4 })
  const fields = scatter.moduli(x)
  return scatter.paths.map((path, i) => ({ path, field: fields[i]! }))
}

/** A field of any resolution, at that of the digit: each number fills a square. */
function fieldOf({ data, shape }: ShapedArray): Image {
  const size = shape.at(-1)!
  const step = SIDE / size
  const at = (i: number) => Math.floor(Math.floor(i / SIDE) / step) * size + Math.floor((i % SIDE) / step)
  return imageOf(
    Float32Array.from({ length: SIDE * SIDE }, (_, i) => data[at(i)]!),
    SIDE,
  )
}

function moduliFigure(x: Image): Figure {
  const first = allModuli(x).filter(({ path }) => path.order === 1)
  return imageGrid({
    title: '|x ⋆ ψ|: rows are scales, columns are directions',
    images: first.map(({ field }) => fieldOf(field)),
    captions: first.map(({ path }) => `j = ${path.scales[0]}, ${Math.round((path.angles[0]! * 180) / Math.PI)}°`),
    columns: 4,
    range: 'each',
    colormap: 'magma',
    scale: 3,
  })
}

function secondFigure(x: Image): Figure {
  const second = allModuli(x).filter(
    ({ path }) => path.order === 2 && path.orientations[0] === 0 && path.scales[0] === 0,
  )
  return imageGrid({
    title: '||x ⋆ ψ₁| ⋆ ψ₂|, of the finest scale and one direction',
    images: second.map(({ field }) => fieldOf(field)),
    captions: second.map(({ path }) => `j = ${path.scales[1]}, ${Math.round((path.angles[1]! * 180) / Math.PI)}°`),
    columns: 4,
    range: 'each',
    colormap: 'magma',
    scale: 3,
  })
}

function averagesFigure(x: Image, scatter: ReturnType<typeof scattering2d>): Figure {
  const { data, shape } = scatter.transform(x)
  const size = shape.at(-1)! * shape.at(-2)!
  const first = scatter.paths.flatMap(({ order }, p) => (order === 1 ? [p] : []))
  return imageGrid({
    title: 'S[p]x of order 1, at 4 × 4 places: the averages of |x ⋆ ψ|',
    images: first.map((p) => imageOf(data.subarray(p * size, (p + 1) * size), shape.at(-2)!, shape.at(-1)!)),
    columns: 8,
    range: 'shared',
    colormap: 'magma',
    scale: 12,
  })
}

function diskFigure(x: Image): Figure {
  const whole = scattering2d({ shape: [SIDE, SIDE], scales: 3, averaging: 'global' })
  // on a disk angles run counter-clockwise from the right; ours start at the row axis, which points down
  const turned = (theta: number): number => (((theta + Math.PI / 2) % Math.PI) + Math.PI) % Math.PI
  return scatteringDisk({
    title: 'Φ of one digit: scale outwards to fine, angle for direction',
    paths: whole.paths.map(({ order, scales, angles }) => ({ order, scales, angles: angles.map(turned) })),
    values: whole.transform(x).data,
    image: x,
  })
}

/** The relative change of pixels and of Φ for each changed image. */
function changes(x: Image, changed: readonly Image[]): { readonly label: string; readonly y: number[] }[] {
  const distances = (features: (images: ShapedArray) => ShapedArray): number[] => {
    const batch = (images: readonly Image[]) => ({
      data: Float32Array.from(images.flatMap(({ data }) => [...data])),
      shape: [images.length, SIDE, SIDE],
    })
    return [...relativeDistances(features(batch(changed.map(() => x))), features(batch(changed)))]
  }
  const phi = (scales: number) => (images: ShapedArray) =>
    scattering2d({ shape: [SIDE, SIDE], scales, orientations: 8 }).transform(images)
  return [
    { label: 'pixels', y: distances((images) => images) },
    ...[2, 3, 4].map((J) => ({ label: `Φ, J = ${J}`, y: distances(phi(J)) })),
  ]
}

function shiftCurves(x: Image): Figure {
  const shifts = [0, 0.5, 1, 1.5, 2, 3, 4, 5, 6]
  const curves = changes(
    x,
    shifts.map((shift) => imageOf(translate(x, [0, shift]).data, SIDE)),
  )
  return linePlot({
    title: 'A digit moves to the right: how much changes',
    x: { label: 'pixels moved' },
    y: { label: '‖change‖ / ‖before‖' },
    series: curves.map(({ label, y }) => ({ label, x: shifts, y })),
  })
}

function bendCurves(x: Image): Figure {
  const strengths = [0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4]
  const bent = strengths.map((gradient) =>
    gradient === 0 ? x : imageOf(deform(x, randomDisplacement({ shape: [SIDE, SIDE], gradient, seed: 5 })).data, SIDE),
  )
  return linePlot({
    title: 'A digit is bent: how much changes',
    x: { label: 'strength of the deformation, ‖∇τ‖∞' },
    y: { label: '‖change‖ / ‖before‖' },
    series: changes(x, bent).map(({ label, y }) => ({ label, x: strengths, y })),
  })
}

async function rebuilt(x: Image): Promise<Figure> {
  const scatter = scattering2d({ shape: [SIDE, SIDE], scales: 2, orientations: 8, backend: createWasmBackend() })
  const target = scatter.transform(x)
  const steps = [0, 5, 20, 100]
  const images: Image[] = []
  for (const iterations of steps) {
    const { x: found } = await invert(target, scatter, { minimise: lbfgs, iterations, seed: 1 })
    images.push(imageOf(found.data, SIDE))
  }
  return imageGrid({
    title: 'From noise back to the digit, until the coefficients agree (J = 2)',
    images: [...images, x],
    captions: [...steps.map((step) => (step === 0 ? 'noise' : `${step} iterations`)), 'x'],
    columns: 5,
    range: [0, 1],
    scale: 4,
  })
}
