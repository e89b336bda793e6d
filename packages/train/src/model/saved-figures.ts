import { type Tensor, tensor } from "@tapegrad/tensor";

/** Figures by name, as tensors in float64: JSON has no NaN. */
export interface FigureTensors {
  readonly [name: string]: Tensor;
}

/** Figures as a state holds them. */
export function savedFigures(figures: { readonly [name: string]: number | readonly number[] }): FigureTensors {
  return Object.fromEntries(
    Object.entries(figures).map(([name, values]) => [name, tensor(Float64Array.from([values].flat()))]),
  );
}

/** What {@link savedFigures} made of lists. */
export function figureLists(saved: FigureTensors): { [name: string]: number[] } {
  return Object.fromEntries(Object.entries(saved).map(([name, values]) => [name, [...values["elements"]]]));
}

/** What {@link savedFigures} made of single figures. */
export function singleFigures(saved: FigureTensors): { [name: string]: number } {
  return Object.fromEntries(Object.entries(saved).map(([name, value]) => [name, value.item()]));
}
