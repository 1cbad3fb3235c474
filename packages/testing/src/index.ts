// Re-exports only.
export { type OpExpectations, type Refusal, checkOp } from './check-op.ts'
export { type ContractOptions, backendContract } from './contract.ts'
export { type CheckOptions, checkOperation, contractCases } from './contract/check-operation.ts'
export { type DeviceBackend, deviceBackend } from './device-backend.ts'
export { NotCloseError, type Numbers, type Tolerance, expectClose } from './expect-close.ts'
export { type GradientCheckOptions, gradientCheck } from './gradient-check.ts'
export { type RightCall, functionsOf, wrongArguments } from './wrong-arguments.ts'
export { type NpyArray, readNpy, readNpz } from './npz.ts'
