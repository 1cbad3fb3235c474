// Re-exports only: what an app and a page need. The command behind `pnpm repro` is bin.ts.
export * from './checkpoints.ts'
export * from './errors.ts'
export * from './experiment.ts'
export * from './result.ts'
export * from './row.ts'
export * from './run.ts'
export * from './training-host.ts'
