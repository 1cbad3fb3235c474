// What runs on each thread of an image reader: takes an image's path, answers with its planes or why there are none. The
// bytes are handed over, not copied.

import { parentPort } from 'node:worker_threads'
import { readImage, type ImageTask } from './read-image.node.ts'

parentPort?.on('message', (task: ImageTask) => {
  void readImage(task).then((answer) =>
    parentPort?.postMessage(answer, 'planes' in answer ? [answer.planes.buffer] : []),
  )
})
