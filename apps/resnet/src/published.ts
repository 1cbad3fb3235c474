// What the slide and the papers behind it print. None of it is measured here.

/** Networks of He et al. (2016): layers, parameters in millions, multiplications in billions for one image (tables 1 and 6). */
export const published = {
  'ResNet-152': { layers: 152, parameters: 60.2, multiplications: 11.3 },
  'ResNet-110': { layers: 110, parameters: 1.7, multiplications: null },
  'ResNet-20': { layers: 20, parameters: 0.27, multiplications: null },
} as const

/**
 * Test errors on CIFAR-10 in per cent by depth, after 64,000 steps (table 6; that of 110 layers is the best of five, whose mean is 6.61).
 * The slide’s 4.49 % is the top-5 error of ResNet-152 on ImageNet’s validation images (table 4), which takes the data set and weeks of
 * GPUs.
 */
export const cifarErrors: Readonly<Record<number, number>> = { 20: 8.75, 32: 7.51, 44: 7.17, 56: 6.97, 110: 6.43 }
