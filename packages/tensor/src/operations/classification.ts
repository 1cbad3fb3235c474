// The check of the labels of a classification loss, once for all back ends.
import type { View } from '../backend/backend.ts'
import { ValueError } from '../errors.ts'
import { checkLengths } from './window.ts'

/** Throws `ShapeError` where the shapes do not fit, and `ValueError` naming the first label that is no class. */
export function checkClassification(logits: View, labels: Int32Array, losses: View, gradLogits?: View): void {
  checkLengths('logits', logits.shape, [null, null])
  const [items, classes] = logits.shape
  checkLengths('labels', [labels.length], [items])
  checkLengths('losses', losses.shape, [items])
  if (gradLogits !== undefined) checkLengths("the logits' gradient", gradLogits.shape, logits.shape)
  const wrong = labels.findIndex((label) => !(label >= 0 && label < classes))
  if (wrong >= 0) throw new ValueError(`label ${labels[wrong]} of item ${wrong}: there are ${classes} classes, from 0`)
}
