// The worker of the page "Textures".
import type { ShapedArray } from '@scatterlab/tensor'
import { greyPicture } from '../stage/grey-picture.ts'
import type { Painted } from '../worker/painted.ts'
import { type Call, serve } from '../worker/serve.ts'
import type { GeneratedName } from './names.ts'
import {
  type SynthesisAsked,
  type SynthesisTold,
  type Synthesised,
  paintedTexture,
  standardised,
  synthesis,
  textureOf,
} from './textures.ts'

/** A texture as numbers and as pixels. */
export interface TextureShown {
  readonly texture: ShapedArray<Float32Array>
  readonly painted: Painted
}

/** One to generate. */
export interface TextureAsked {
  readonly name: GeneratedName
  readonly side: number
  readonly seed: number
}

/** A picture of the visitor. */
export interface TextureGiven {
  readonly file: Blob
  readonly side: number
}

const shown = (texture: ShapedArray<Float32Array>): TextureShown => ({ texture, painted: paintedTexture(texture) })

const generate: Call<TextureAsked, TextureShown> = async ({ name, side, seed }, host) =>
  shown(await textureOf(name, side, seed, host))
const given: Call<TextureGiven, TextureShown> = async ({ file, side }) =>
  shown(standardised({ data: await greyPicture(file, side), shape: [side, side] }))
const run: Call<SynthesisAsked, Synthesised, SynthesisTold> = (asked, host) => synthesis(asked, host)

const calls = { generate, given, run }
export type TextureCalls = typeof calls
serve(calls)
