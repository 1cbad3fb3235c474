// What is published. The slide and the paper behind it (Bruna and Mallat 2013, table 9) print CUReT, whose pictures are not at hand;
// KTH-TIPS, made as its companion, takes its place.

/** The slide's errors on CUReT, 61 classes, 46 training pictures each: per cent. */
export const curet: Readonly<Record<string, number>> = {
  'grey histogram': 1,
  'windowed Fourier spectrum': 1,
  'scattering, order 2': 0.2,
}

/** What ScatNet's script prints for KTH-TIPS (its papers/RSDS): translation scattering, the same classifier, by training pictures a class. */
export const scatnet: Readonly<Record<number, number>> = { 5: 66.91, 20: 91.44, 40: 96.46 }
