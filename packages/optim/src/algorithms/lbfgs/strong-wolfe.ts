import type { Tensor } from "@tapegrad/tensor";

/** A point on the line of a search. */
export interface LinePoint {
  /** How far along the direction it lies. */
  readonly step: number;
  readonly loss: number;
  /** Of all parameters. */
  readonly gradient: Tensor;
  /** Derivative of the loss along the line. */
  readonly slope: number;
}

/** What the search is told. */
export interface LineSearchOptions {
  /** The first step to try. */
  readonly step: number;
  /** Width of the bracket, in units of the parameters, at which the search ends. */
  readonly tolerance: number;
  /** Largest element of the direction. */
  readonly length: number;
}

/** Share of the first slope that the loss must fall by, share of it that may be left, and most trials after the first. */
const [armijo, curvature, trials] = [1e-4, 0.9, 25];

/**
 * A step that satisfies the strong Wolfe conditions: the loss has fallen enough, `f(t) ≤ f(0) + 1e-4·t·f′(0)`, and the slope
 * has flattened enough, `|f′(t)| ≤ 0.9·|f′(0)|`; or the best one that was seen when trials are used up.
 *
 * Steps grow until they bracket such a one, then the bracket shrinks by cubic interpolation. A loss that is not finite
 * counts as one that has not fallen.
 *
 * @param at loss and gradient for a step
 * @returns the point, and how often `at` was called
 * @see Nocedal and Wright, Numerical Optimization (2006), section 3.5
 */
export function strongWolfe(
  at: (step: number) => LinePoint,
  start: LinePoint,
  { step, tolerance, length }: LineSearchOptions,
): { readonly point: LinePoint; readonly evaluations: number } {
  const hasFallen = ({ step: t, loss }: LinePoint): boolean => loss <= start.loss + armijo * t * start.slope;
  const isFlat = ({ slope }: LinePoint): boolean => Math.abs(slope) <= -curvature * start.slope;
  let [before, now, done] = [start, at(step), 0];
  let bracket: [LinePoint, LinePoint] | undefined;
  for (; done < trials; done++) {
    const isRising = done > 1 && now.loss >= before.loss;
    if (hasFallen(now) && !isRising && isFlat(now)) return { point: now, evaluations: done + 1 };
    if (!hasFallen(now) || isRising || now.slope >= 0) {
      bracket = [before, now];
      break;
    }
    const bounds = [now.step + 0.01 * (now.step - before.step), 10 * now.step] as const;
    const next = cubicMinimum(before, now, bounds);
    [before, now] = [now, at(next)];
  }
  bracket ??= [start, now];
  let low = lowest(bracket);
  let wasNearEnd = false;
  while (done < trials) {
    const ends = bracket.map((end) => end.step).toSorted((a, b) => a - b) as [number, number];
    const width = ends[1] - ends[0];
    if (width * length < tolerance) break;
    let next = cubicMinimum(...bracket, ends);
    const margin = 0.1 * width;
    if (Math.min(ends[1] - next, next - ends[0]) < margin) {
      // Twice at an end, or beyond it: a tenth inside.
      const isStuck: boolean = wasNearEnd || next >= ends[1] || next <= ends[0];
      if (isStuck) next = Math.abs(next - ends[1]) < Math.abs(next - ends[0]) ? ends[1] - margin : ends[0] + margin;
      wasNearEnd = !isStuck;
    } else wasNearEnd = false;
    now = at(next);
    done++;
    const high = (1 - low) as 0 | 1;
    if (!hasFallen(now) || !(now.loss < bracket[low].loss)) {
      bracket[high] = now;
      low = lowest(bracket);
    } else {
      if (isFlat(now)) return { point: now, evaluations: done + 1 };
      if (now.slope * (bracket[high].step - bracket[low].step) >= 0) bracket[high] = bracket[low];
      bracket[low] = now;
    }
  }
  return { point: bracket[low], evaluations: done + 1 };
}

/** Which end is lower; NaN is not. */
function lowest([first, second]: readonly [LinePoint, LinePoint]): 0 | 1 {
  return second.loss < first.loss ? 1 : 0;
}

/** Where the cubic through two points with their slopes is smallest, within bounds; the middle where there is none. */
function cubicMinimum(a: LinePoint, b: LinePoint, [least, most]: readonly [number, number]): number {
  const [x, y] = a.step <= b.step ? [a, b] : [b, a];
  const sum = x.slope + y.slope - (3 * (x.loss - y.loss)) / (x.step - y.step);
  const root = Math.sqrt(sum ** 2 - x.slope * y.slope);
  const place = y.step - (y.step - x.step) * ((y.slope + root - sum) / (y.slope - x.slope + 2 * root));
  return Number.isNaN(place) ? (least + most) / 2 : Math.min(Math.max(place, least), most);
}
