/** The textures that a page can make by itself. */
export const generated = ['discs', 'turbulence'] as const
export type GeneratedName = (typeof generated)[number]
