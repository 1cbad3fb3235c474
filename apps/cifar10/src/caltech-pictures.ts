// The pictures of Caltech-101's part: which classes are taken for which, and how much pictures of a class differ.
import type { Caltech101 } from '@scatterlab/datasets/photographs'
import { type Figure, heatMap, imageGrid } from '@scatterlab/figures'
import { shrunk } from './representations.ts'

/** Of the pictures of each class, how many per cent were taken for each other one; the diagonal, which is right, is left at 0. */
export function confusionByClass(counts: Int32Array, classes: readonly string[]): Figure {
  const n = classes.length
  const data = Array.from(counts, (count, at) => {
    const row = Math.floor(at / n)
    const all = counts.subarray(row * n, (row + 1) * n).reduce((a, b) => a + b, 0)
    return at % n === row ? 0 : (100 * count) / all
  })
  return heatMap({
    title: `Errors among ${classes.join(', ')}`,
    data,
    shape: [n, n],
    label: '% of a class',
    scale: 48,
    x: { label: 'taken for' },
    y: { label: 'class' },
  })
}

/** A row a class of test pictures, at most `each`, with the class that each was wrongly taken for. */
export function contactSheet(
  { images, labels, classes }: Pick<Caltech101, 'images' | 'labels' | 'classes'>,
  test: Int32Array,
  predicted: Int32Array,
  { side, each }: { readonly side: number; readonly each: number },
): Figure {
  const columns = Math.min(each, ...classes.map((_, k) => test.filter((row) => labels[row] === k).length))
  const shown = classes.flatMap((_, k) =>
    Array.from(test.keys())
      .filter((at) => labels[test[at]] === k)
      .slice(0, columns),
  )
  const { data } = shrunk(images, Math.min(side, images.shape[3]))
  const size = data.length / labels.length
  const own = Math.sqrt(size / 3)
  return imageGrid({
    title: `Test pictures of ${classes.join(', ')}`,
    images: shown.map((at) => pixelsLast(data.subarray(test[at] * size, (test[at] + 1) * size), own)),
    captions: shown.map((at) => (predicted[at] === labels[test[at]] ? '' : classes[predicted[at]])),
    columns,
    range: [0, 255],
    scale: 1,
  })
}

/** Planes of red, green and blue as pixels of three numbers. */
function pixelsLast(planes: Uint8Array, side: number): { data: Uint8Array; shape: number[] } {
  return { data: planes.map((_, i) => planes[(i % 3) * side * side + Math.floor(i / 3)]), shape: [side, side, 3] }
}
