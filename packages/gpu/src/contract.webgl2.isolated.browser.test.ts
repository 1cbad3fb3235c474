import { gpuContract } from './contract.test.suite.ts'

gpuContract('webgl2')
