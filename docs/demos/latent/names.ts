// What the page and its worker both speak of.
import type { DigitMoments } from '@scatterlab/gan'

/** The patch goes from −REACH to REACH both ways. */
export const REACH = 1.5
/** Digits along a side of the picture of the patch. */
export const ACROSS = 9
/** Steps of a path. */
export const STEPS = 8
/** Neighbours that are shown. */
export const NEIGHBOURS = 8

/** What is measured, with the names of both ends. */
export const concepts = [
  { name: 'slant', least: 'leans left', most: 'leans right' },
  { name: 'ink', least: 'thin', most: 'thick' },
  { name: 'width', least: 'narrow', most: 'wide' },
] as const satisfies readonly { readonly name: keyof DigitMoments; readonly least: string; readonly most: string }[]

export type ConceptName = (typeof concepts)[number]['name']

/** Digits of the class that are drawn and measured. */
export const POOL = 1000
/** Of these the share that has the most of something, and the share that has the least. */
export const SHARE = 0.1

/** How much of each concept is added. */
export type Amounts = Readonly<Record<ConceptName, number>>
