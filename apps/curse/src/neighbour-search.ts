// The k nearest of uniform points, exactly, on the cube or on the torus: points are sorted along the first axis, and a search goes
// outwards from the query until that axis alone is too far. In few dimensions it looks at few points, in many at all of them.

/** The nearest points of a query, nearest first. They are overwritten by the next query. */
export interface Nearest {
  readonly distances: Float64Array
  /** Rows of `SortedPoints.data`. */
  readonly rows: Int32Array
}

/** Points in the order of their first coordinate, row-major. */
export interface SortedPoints {
  readonly data: Float64Array
  readonly count: number
  readonly dimensions: number
}

/** Points [count, d] sorted by their first coordinate, as a copy. */
export function sorted(data: Float64Array, dimensions: number): SortedPoints {
  const count = data.length / dimensions
  const order = Uint32Array.from({ length: count }, (_, i) => i).sort(
    (i, j) => data[i * dimensions] - data[j * dimensions],
  )
  const out = new Float64Array(data.length)
  order.forEach((row, i) => out.set(data.subarray(row * dimensions, (row + 1) * dimensions), i * dimensions))
  return { data: out, count, dimensions }
}

/** The search for the k nearest of points in [0, 1)^d; on the torus the distance along an axis is at most ½. */
export function nearestOf(points: SortedPoints, k: number, torus: boolean): (query: ArrayLike<number>) => Nearest {
  const { data, count, dimensions } = points
  const squares = new Float64Array(k)
  const rows = new Int32Array(k)
  const distances = new Float64Array(k)

  function measure(row: number, query: ArrayLike<number>): void {
    const most = squares[k - 1]
    let square = 0
    for (let c = 0, at = row * dimensions; c < dimensions; c++, at++) {
      let t = Math.abs(data[at] - query[c])
      if (torus && t > 0.5) t = 1 - t
      square += t * t
      if (square >= most) return
    }
    let at = k - 1
    for (; at > 0 && squares[at - 1] > square; at--) {
      squares[at] = squares[at - 1]
      rows[at] = rows[at - 1]
    }
    squares[at] = square
    rows[at] = row
  }

  return (query) => {
    squares.fill(Infinity)
    const start = firstAbove(points, query[0])
    // upwards, round the torus if need be, as far as half of it
    for (let i = 0; i < count; i++) {
      const row = start + i
      if (row >= count && !torus) break
      const ahead = data[(row % count) * dimensions] - query[0] + (row >= count ? 1 : 0)
      if (ahead * ahead >= squares[k - 1] || (torus && ahead > 0.5)) break
      measure(row % count, query)
    }
    for (let i = 1; i <= count; i++) {
      const row = start - i
      if (row < 0 && !torus) break
      const behind = query[0] - data[(row < 0 ? row + count : row) * dimensions] + (row < 0 ? 1 : 0)
      if (behind * behind >= squares[k - 1] || (torus && behind >= 0.5)) break
      measure(row < 0 ? row + count : row, query)
    }
    for (let i = 0; i < k; i++) distances[i] = Math.sqrt(squares[i])
    return { distances, rows }
  }
}

/** The first row whose first coordinate is at least `value`. */
function firstAbove({ data, count, dimensions }: SortedPoints, value: number): number {
  let [low, high] = [0, count]
  while (low < high) {
    const middle = (low + high) >> 1
    if (data[middle * dimensions] < value) low = middle + 1
    else high = middle
  }
  return low
}
