import { Generator, rand, randn, tensor } from "@tapegrad/tensor";
import { expectValue, ranges } from "@tapegrad/tensor/internal";
import { labelled, type LabelledData, numbered } from "../labelled-data.ts";
import type { GeneratorOptions } from "./generator-options.ts";

/** What {@link sampleClasses} needs to know of a generator. */
export interface ClassSampler extends Required<GeneratorOptions> {
  /** How many classes there are; 2 unless given. */
  readonly classes?: number;
  /** How many coordinates a point has; 2 unless given. */
  readonly features?: number;
  /** How many uniform numbers a sample takes; none unless given. */
  readonly uniforms?: number;
  /**
   * Writes the sample's coordinates before noise into `point`.
   *
   * @param position where among its class the sample is, evenly from 0 to 1
   * @param uniform numbers from 0 to 1, as many as `uniforms`
   */
  place(label: number, position: number, uniform: Float32Array, point: Float64Array): void;
}

/**
 * Draws samples of classes that take turns: sample `i` is of class `i mod classes`, so that any prefix is balanced.
 *
 * Uniform numbers and noise come from one generator, in this order: all uniforms, then all noise.
 */
export function sampleClasses(fn: string, samples: number, sampler: ClassSampler): LabelledData {
  const { classes = 2, features = 2, noise, seed, uniforms = 0 } = sampler;
  expectValue(fn, "samples", samples, ranges.count);
  const generator = new Generator(seed);
  const uniform = uniforms === 0 ? new Float32Array(0) : rand([samples, uniforms], { generator }).data;
  const jitter = randn([samples, features], { generator }).data;
  const x = new Float32Array(samples * features);
  const y = new Int32Array(samples);
  const point = new Float64Array(features);
  for (let sample = 0; sample < samples; sample++) {
    const label = sample % classes;
    const inClass = Math.ceil((samples - label) / classes);
    const position = inClass === 1 ? 0 : Math.floor(sample / classes) / (inClass - 1);
    const own = Float32Array.from(uniform.subarray(sample * uniforms, (sample + 1) * uniforms));
    sampler.place(label, position, own, point);
    y[sample] = label;
    for (let feature = 0; feature < features; feature++) {
      const at = sample * features + feature;
      x[at] = point[feature]! + noise * jitter[at]!;
    }
  }
  return labelled(tensor(x, { shape: [samples, features] }), tensor(y), numbered(classes));
}
