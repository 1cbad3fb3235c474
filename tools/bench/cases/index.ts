// All groups, in the order of the table.
import type { Group } from './context.ts'
import { convolution } from './convolution.ts'
import { elementwise } from './elementwise.ts'
import { fft } from './fft.ts'
import { gradient } from './gradient.ts'
import { load } from './load.ts'
import { matmul } from './matmul.ts'
import { moments } from './moments.ts'
import { networks } from './networks.ts'
import { scattering } from './scattering.ts'
import { signals } from './signals.ts'
import { sizes } from './sizes.ts'
import { training } from './training.ts'

export const groups: Readonly<Record<string, Group>> = {
  scattering,
  signals,
  gradient,
  moments,
  matmul,
  convolution,
  training,
  networks,
  fft,
  elementwise,
  load,
  sizes,
}
