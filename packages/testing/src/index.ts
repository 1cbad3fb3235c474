// Re-exports only.
export { type ContractOptions, backendContract } from './contract.ts'
export { NotCloseError, type Numbers, type Tolerance, expectClose } from './expect-close.ts'
export { type NpyArray, readNpy, readNpz } from './npz.ts'
