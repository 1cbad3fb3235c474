/** Where a wavelet's wave points, in radians counter-clockwise from the right, [0, π): banks count from the row axis, which points down. */
export const direction = (theta: number): number => (((theta + Math.PI / 2) % Math.PI) + Math.PI) % Math.PI
