// The tree of scattering paths: which wavelets follow each other, and in which order their coefficients lie. What a path means in
// one or two dimensions is said by those who grow the tree.
import { ValueError } from '@scatterlab/tensor'

/** One path p = (λ1, …, λm): the coefficients S[p] = |…|x⋆ψ_λ1|…⋆ψ_λm| ⋆ φ. */
export interface AnyPath {
  /** Position among the coefficients: order by order, within an order as its digits count. */
  readonly index: number
  /** m. */
  readonly order: number
  /** Index of the path (λ1, …, λm−1) that this one goes on from; −1 of the empty path. */
  readonly parent: number
}

/** What the cascade needs of a path: the wavelet that ends it, the resolution of its modulus, and the paths that go on from it. */
export interface PathNode extends AnyPath {
  /** Index of its last wavelet among the filters; −1 for the empty path. */
  readonly wavelet: number
  /** Its modulus is sampled every 2^level samples. */
  readonly level: number
  readonly children: readonly PathNode[]
}

/** Paths as a tree from the empty path, and as a list in the order of their indices. */
export interface PathTree<P extends AnyPath = AnyPath> {
  readonly root: PathNode
  readonly all: readonly (P & PathNode)[]
}

/** A path's own description, without its place in the tree. */
export type Described<P extends AnyPath> = Omit<P, keyof AnyPath>

/** One path more: a wavelet, the resolution of what it gives, and what the longer path means. */
export interface Continuation<P extends AnyPath> {
  readonly wavelet: number
  readonly level: number
  readonly path: Described<P>
}

/** How a tree grows. */
export interface Growth<P extends AnyPath> {
  readonly empty: Described<P>
  readonly maxOrder: number
  /** How many paths go on from one. */
  readonly countFrom: (path: P & PathNode) => number
  /** Those paths, in order. */
  readonly from: (path: P & PathNode) => Iterable<Continuation<P>>
  /** What to lower where paths to an order are too many, as the end of a message. */
  readonly fix: (order: number) => string
}

/** The most paths of a transform. */
const MOST_PATHS = 2 ** 18

/** All paths to `maxOrder`. Throws `ValueError` for more paths than can be served. */
export function pathTree<P extends AnyPath>({ empty, maxOrder, countFrom, from, fix }: Growth<P>): PathTree<P> {
  type Growing = P & { readonly wavelet: number; readonly level: number; readonly children: Growing[] }
  const all: Growing[] = []
  const add = (parent: number, order: number, { wavelet, level, path }: Continuation<P>): Growing => {
    const node = { ...path, index: all.length, order, parent, wavelet, level, children: [] } as unknown as Growing
    all.push(node)
    return node
  }
  let parents = [add(-1, 0, { wavelet: -1, level: 0, path: empty })]
  for (let order = 1; order <= maxOrder && parents.length > 0; order++) {
    const total = parents.reduce((sum, path) => sum + countFrom(path), all.length)
    if (total > MOST_PATHS)
      throw new ValueError(`there are ${total} paths to order ${order}, more than ${MOST_PATHS}: ${fix(order)}`)
    const next: Growing[] = []
    for (const parent of parents) {
      for (const continuation of from(parent)) {
        const node = add(parent.index, order, continuation)
        parent.children.push(node)
        next.push(node)
      }
    }
    parents = next
  }
  return { root: all[0], all }
}
