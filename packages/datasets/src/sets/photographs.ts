// Re-exports only: photographs, and what stands in for them. They have an entry point of their own because of the image decoders.
export { PHOTOGRAPHS, photograph } from './photograph.ts'
export type { Photograph, PhotographName, PhotographOptions } from './photograph.ts'
export { photographOrLeaves, type FoundPicture } from './photograph-or-leaves.ts'
