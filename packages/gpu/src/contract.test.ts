// The contract without a GPU: what the text of the kernels says. Browsers run the same suite on their GPUs.
import { backendContract } from '@scatterlab/testing'
import { backendOn } from './backend.ts'
import { declines } from './contract.test.suite.ts'
import { Interpreter } from './interpreter.test.device.ts'

backendContract('the interpreted kernels', () => backendOn(new Interpreter(), async () => new Interpreter()), {
  declines,
})
