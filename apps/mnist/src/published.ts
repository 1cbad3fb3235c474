// What the slide and the paper behind it print for MNIST. The slide's 0.4 and 0.5 are rounded from 0.43 and 0.53, with 60,000 training
// images and an RBF-SVM behind the scattering; its affine-space classifier stops at 0.70.

/** The columns of the paper's table that are ours too. */
type Column = 'PCA-affine' | 'SVM' | 'ConvNet'

/** Errors in per cent by training size (Bruna & Mallat 2013, table 4): scattering of order 2 with two classifiers, and a ConvNet. */
export const paper: Readonly<Record<Column, Readonly<Record<number, number>>>> = {
  'PCA-affine': { 300: 4.7, 1000: 2.3, 2000: 1.3, 5000: 1.03, 10000: 0.88, 20000: 0.79, 40000: 0.74, 60000: 0.7 },
  SVM: { 300: 5.6, 1000: 2.6, 2000: 1.8, 5000: 1.4, 10000: 1, 20000: 0.58, 40000: 0.53, 60000: 0.43 },
  ConvNet: { 300: 7.18, 1000: 3.21, 2000: 2.53, 5000: 1.52, 10000: 0.85, 20000: 0.76, 40000: 0.65, 60000: 0.53 },
}

/** The slide's errors in per cent, of the whole training set: scattering with a classifier, whichever, and a ConvNet. */
export const slide: Readonly<Record<string, Readonly<Record<number, number>>>> = {
  'PCA-affine': { 60000: 0.4 },
  ridge: { 60000: 0.4 },
  logistic: { 60000: 0.4 },
  SVM: { 60000: 0.4 },
  ConvNet: { 60000: 0.5 },
}
