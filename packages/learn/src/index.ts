// Re-exports only.
export * from './pca-affine.ts'
export * from './standardise.ts'
export * from './normalise-paths.ts'
export * from './unit-rows.ts'
