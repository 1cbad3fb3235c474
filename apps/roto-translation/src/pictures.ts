// The pictures of the experiment: changes under turns and scalings, the two textures, and some rotated digits.
import type { GreyShape, LabelledImages } from '@scatterlab/datasets'
import { type Figure, imageGrid, linePlot } from '@scatterlab/figures'
import type { Changes } from './covariance.ts'
import type { TextureSamples } from './textures.ts'

/** Each representation's change against the angle, or the octaves. */
export function changeCurve(title: string, label: string, { parameters, of }: Changes): Figure {
  return linePlot({
    title,
    series: Object.entries(of).map(([name, values]) => ({ label: name, x: parameters, y: values })),
    x: { label },
    y: { label: 'relative change' },
  })
}

/** Some samples of both textures, a row each. */
export function texturePairs({ images, labels }: TextureSamples): Figure {
  const [, height, width] = images.shape
  const size = height * width
  const of = (kind: number): number[] =>
    Array.from(labels.keys())
      .filter((i) => labels[i] === kind)
      .slice(0, 4)
  const shown = [...of(1), ...of(0)]
  return imageGrid({
    title: 'Strokes that cross, and strokes that stand apart',
    images: shown.map((i) => ({ data: images.data.subarray(i * size, (i + 1) * size), shape: [height, width] })),
    captions: shown.map((i) => (labels[i] === 1 ? 'crossing' : 'apart')),
    columns: 4,
    scale: 2,
  })
}

/** The first test digits, with what they were taken for where that is wrong. */
export function digitGrid({ images, labels }: LabelledImages<GreyShape>, predicted: Int32Array): Figure {
  const [, height, width] = images.shape
  const size = height * width
  const shown = Array.from({ length: Math.min(40, labels.length) }, (_, i) => i)
  return imageGrid({
    title: 'Rotated digits, and what they are taken for',
    images: shown.map((i) => ({ data: images.data.subarray(i * size, (i + 1) * size), shape: [height, width] })),
    captions: shown.map((i) => (predicted[i] === labels[i] ? `${labels[i]}` : `${labels[i]} → ${predicted[i]}`)),
    columns: 10,
    range: [0, 255],
    scale: 2,
  })
}
