// The live demos in the order of their list: one page each, `demos/NAME.md`.

/** A demo: the name of its page, its title, and one line that says what a visitor can do there. */
export interface DemoEntry {
  readonly name: string
  readonly title: string
  readonly line: string
}

export const demos: readonly DemoEntry[] = [
  {
    name: 'digit',
    title: 'Draw a digit',
    line: 'draw, see Φ light up and name the digit; push it, and see pixels move far and Φ much less',
  },
  {
    name: 'filters',
    title: 'Filter bank',
    line: 'move sliders; see wavelets in space and frequency, and the frame bounds',
  },
  {
    name: 'invert',
    title: 'Invert Φ',
    line: 'a picture, or your own photograph, rebuilt from its coefficients before your eyes',
  },
  {
    name: 'train',
    title: 'Train',
    line: 'a small ConvNet on digits: its loss, its filters, and how far classes part, layer by layer',
  },
  {
    name: 'textures',
    title: 'Textures',
    line: 'a texture, its Gaussian twin, and a synthesis from scattering moments, side by side',
  },
  {
    name: 'listen',
    title: 'Listen',
    line: 'a sound, its scalogram and joint coefficients, and the sound rebuilt from Φ',
  },
  {
    name: 'latent',
    title: 'Latent space',
    line: 'a small generator of digits: walk from one to the next, add and subtract what they have',
  },
]
