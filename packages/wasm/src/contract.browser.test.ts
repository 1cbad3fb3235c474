// The contract in a page: the same suite in the same forms as in Node. On a page that is not cross-origin isolated the memory of
// all of them is their own and they have one thread.
import './contract.test.ts'
