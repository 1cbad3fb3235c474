// The textures: those that can be had by name, and two that are generated, all of mean 0 and variance 1.
import { DatasetError, deadLeaves, turbulence2d } from '@scatterlab/datasets'
import { type DustMapName, type TextureName, dustMap, texture } from '@scatterlab/datasets/photographs'
import type { Backend, ShapedArray } from '@scatterlab/tensor'

/** A texture, or several of one kind. */
export interface Texture {
  readonly name: string
  readonly source: string
  /** [height, width] each; of generated ones several, from seeds of their own. */
  readonly draws: readonly ShapedArray<Float32Array>[]
}

/** Where they come from. */
export interface Source {
  readonly folder: string | undefined
  readonly signal: AbortSignal
  readonly backend: Backend
  readonly side: number
  /** Draws of the generated ones. */
  readonly draws: number
  readonly seed: number
}

/** How long the flow decays, until its eddies stand apart. */
const TIME = 8

/** The textures that are found, and the names of those that are not. */
export async function texturesBy(
  { textures: names, dust }: { readonly textures: readonly TextureName[]; readonly dust: readonly DustMapName[] },
  source: Source,
): Promise<{ readonly textures: readonly Texture[]; readonly missing: readonly string[] }> {
  const { folder, signal, side: size } = source
  const found: Texture[] = []
  const missing: string[] = []
  const take = (name: string, one: Texture | undefined): void => void (one ? found.push(one) : missing.push(name))
  for (const name of names) take(name, await pictured(name, source, () => texture(name, { folder, signal, size })))
  for (const name of dust) take(name, await pictured(name, source, () => dustMap(name, { folder, signal, size })))
  return { textures: [await turbulence(source), leaves(source), ...found], missing }
}

type Picture = ShapedArray<Float32Array> & { readonly source: string }

async function pictured(name: string, { folder }: Source, read: () => Promise<Picture>): Promise<Texture | undefined> {
  if (folder === 'sample') return undefined
  try {
    const { data, shape, source } = await read()
    return { name, source, draws: [standardised({ data, shape })] }
  } catch (error) {
    // a picture that is there and is none is not left out
    const isElsewhere = error instanceof DatasetError && ['NOT_FOUND', 'DOWNLOAD', 'CACHE'].includes(error.code)
    if (!isElsewhere) throw error
    return undefined
  }
}

async function turbulence({ signal, backend, side, draws, seed }: Source): Promise<Texture> {
  const all: ShapedArray<Float32Array>[] = []
  for (let i = 0; i < draws; i++) {
    const { data, shape } = await turbulence2d({ side, time: TIME, seed: `${seed}, ${i}`, backend, signal })
    all.push(standardised({ data: Float32Array.from(data), shape }))
  }
  return {
    name: 'turbulence',
    source: `vorticity of decaying 2-D turbulence, ${side}×${side}, by its own solver`,
    draws: all,
  }
}

function leaves({ side, draws, seed }: Source): Texture {
  const all = Array.from({ length: draws }, (_, i) =>
    standardised(deadLeaves({ shape: [side, side], seed: `${seed}, ${i}` })),
  )
  return { name: 'discs', source: `discs that cover one another, ${side}×${side}, generated`, draws: all }
}

function standardised({ data, shape }: ShapedArray<Float32Array>): ShapedArray<Float32Array> {
  const mean = data.reduce((sum, v) => sum + v, 0) / data.length
  const deviation = Math.sqrt(data.reduce((sum, v) => sum + (v - mean) ** 2, 0) / data.length)
  return { data: data.map((v) => (v - mean) / deviation), shape }
}
