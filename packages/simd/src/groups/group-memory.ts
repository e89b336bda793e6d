/** The most elements of an array that are staged at a time: with a second one and the result, half a MiB. */
export const chunkElements = 32768;
/** The most groups that kernels see at a time, or columns of groups that lie across. */
export const chunkGroups = 4096;

/** After each place: kernels write whole vectors. */
const slack = 64;
const elementBytes = chunkElements * 4 + slack;
const statisticBytes = chunkGroups * 8 + slack;

/** What stands at places of elements: what is folded, its cotangent, and what is computed. */
export type ElementPlace = "x" | "g" | "out";
/** What stands at places of numbers of groups, in float64; sums and what is made of them share `first` and `second`. */
export type Statistic = "mean" | "rstd" | "first" | "second";

/** Addresses of elements. */
export const places: Readonly<Record<ElementPlace, number>> = { x: 0, g: elementBytes, out: 2 * elementBytes };

const afterElements = 3 * elementBytes;

/** Addresses of numbers of groups. */
export const statistics: Readonly<Record<Statistic, number>> = {
  mean: afterElements,
  rstd: afterElements + statisticBytes,
  first: afterElements + 2 * statisticBytes,
  second: afterElements + 3 * statisticBytes,
};
