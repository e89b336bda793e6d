export { digits, type Digits, type DigitsOptions } from "./digits/digits.ts";
export { circles, type CirclesOptions } from "./generators/circles.ts";
export { gaussians, type GaussiansOptions } from "./generators/gaussians.ts";
export type { GeneratorOptions } from "./generators/generator-options.ts";
export { moons } from "./generators/moons.ts";
export { spirals, type SpiralsOptions } from "./generators/spirals.ts";
export { xor } from "./generators/xor.ts";
export type { LabelledData } from "./labelled-data.ts";
export { names, type NamesOptions } from "./names/names.ts";
