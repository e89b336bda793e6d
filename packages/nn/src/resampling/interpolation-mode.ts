import { ShapeError } from "@tapegrad/tensor";
import { ranges, type ValueRange } from "@tapegrad/tensor/internal";

/** How an element between others is made of them; bilinear, trilinear and bicubic are names of linear and cubic with so many axes. */
export type InterpolationMode = "nearest" | "nearest-exact" | "linear" | "bilinear" | "trilinear" | "cubic" | "bicubic";

/** A mode by the name that it has with any number of axes. */
export type Filter = Exclude<InterpolationMode, "bilinear" | "trilinear" | "bicubic">;

/** The filter of each name, and of how many axes alone that is the name. */
const filters: { readonly [N in InterpolationMode]: readonly [filter: Filter, axes?: number] } = {
  nearest: ["nearest"],
  "nearest-exact": ["nearest-exact"],
  linear: ["linear"],
  bilinear: ["linear", 2],
  trilinear: ["linear", 3],
  cubic: ["cubic"],
  bicubic: ["cubic", 2],
};

/** Every mode. */
export const modeRange: ValueRange<InterpolationMode> = ranges.keyOf(filters);

/** The filter that a name means; throws where it is one of another number of axes. */
export function filterOf(fn: string, name: InterpolationMode, rank: number): Filter {
  const [filter, axes = rank] = filters[name];
  if (axes !== rank) {
    throw new ShapeError(
      `${fn}: expected ${axes} spatial axes in mode ${name}, got ${rank}. Mode ${filter} takes any.`,
    );
  }
  return filter;
}
