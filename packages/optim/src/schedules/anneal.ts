/** Shape of a slope between two levels. */
export type Anneal = "cos" | "linear";

/** The level at a share of the way between two. */
export const anneals: Readonly<Record<Anneal, (from: number, to: number, progress: number) => number>> = {
  cos: (from, to, progress) => to + ((from - to) / 2) * (1 + Math.cos(Math.PI * progress)),
  linear: (from, to, progress) => from + (to - from) * progress,
};
