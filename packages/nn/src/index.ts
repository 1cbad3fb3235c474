// Re-exports only.
export * from './conv2d.ts'
export * from './flatten.ts'
export * from './initialisers.ts'
export * from './layer.ts'
export * from './linear.ts'
export * from './network.ts'
export * from './sequential.ts'
export * as operations from './operations/index.ts'
