// The slides in the order of the lecture: the app of each, a short title for lists, and what its page can run.

/** One slide experiment. */
export interface Slide {
  /** The app's name. */
  readonly name: string
  /** A short title; the slide's own stands on the page. */
  readonly title: string
  /** What a page gives the app as its data, or what it cannot give. */
  readonly live: Live
}

/** `data` is the `dataFolder` of the run, and `words` say what that is; or what the app needs that only the visitor can give. */
export type Live = { readonly data?: string; readonly words: string } | { readonly needs: string }

const digits = { data: 'sample', words: '1,000 + 1,000 digits that travel with the site' } as const
const cifar = { needs: 'It needs CIFAR-10 (170 MB), which you may give it, and several minutes.' } as const
const own = { words: 'numbers and pictures that it generates' } as const

export const lecture: readonly Slide[] = [
  { name: 'curse', title: 'The curse of dimensionality', live: digits },
  { name: 'linearization', title: 'Linearisation', live: digits },
  { name: 'alexnet', title: 'AlexNet', live: cifar },
  { name: 'resnet', title: 'ResNet', live: cifar },
  {
    name: 'scene-labelling',
    title: 'Scene labelling',
    live: { words: 'street scenes that it generates, in the place of photographs from a car' },
  },
  { name: 'symmetries', title: 'Symmetries', live: digits },
  { name: 'simplified-network', title: 'Simplified networks', live: digits },
  { name: 'morlet-families', title: 'Morlet filter banks', live: own },
  { name: 'wavelet-transform', title: 'The wavelet transform', live: own },
  { name: 'scattering-properties', title: 'Properties of scattering', live: own },
  { name: 'mnist', title: 'Digits', live: digits },
  { name: 'textures', title: 'Textures', live: { needs: 'It needs pictures of textures, which you may give it.' } },
  { name: 'reconstruction', title: 'Reconstruction', live: own },
  { name: 'texture-synthesis', title: 'Texture synthesis', live: own },
  { name: 'cifar10', title: 'Complex images', live: cifar },
  { name: 'dcgan', title: 'Generation', live: digits },
  { name: 'contraction', title: 'Contraction and separation', live: digits },
  { name: 'roto-translation', title: 'Rotations and scales', live: digits },
  { name: 'audio', title: 'Sounds', live: { needs: 'It needs recordings of spoken digits, which you may give it.' } },
  { name: 'support-vectors', title: 'Support vectors', live: digits },
]
