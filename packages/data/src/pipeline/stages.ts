import { ValueError } from "@tapegrad/tensor";
import { formatValue } from "@tapegrad/tensor/internal";
import { isPromise } from "../is-promise.ts";
import { randomWords } from "../samplers/random-words.ts";
import type { Stage } from "./stage.ts";

/** Each sample through a function of it, its place and the epoch. */
export function mapping<In, Out>(
  transform: (sample: In, index: number, epoch: number) => Out,
  epoch: number,
): Stage<In, Out> {
  let index = 0;
  return { take: (sample) => [transform(sample, index++, epoch)] };
}

/** The samples that a function says true of. */
export function filtering<Sample>(keep: (sample: Sample, index: number) => boolean): Stage<Sample, Sample> {
  let index = 0;
  return {
    take(sample) {
      const kept: unknown = keep(sample, index++);
      if (typeof kept === "boolean") return kept ? [sample] : [];
      if (isPromise(kept)) kept.then(undefined, () => undefined);
      throw new ValueError(`Pipeline.filter: expected true or false, got ${formatValue(kept)}.`);
    },
  };
}

/** Lists of `size` samples through a function. */
export function batching<Sample, Batch>(
  size: number,
  { dropLast, collate }: { readonly dropLast: boolean; readonly collate: (samples: readonly Sample[]) => Batch },
): Stage<Sample, Batch> {
  let samples: Sample[] = [];
  const batch = (): [Batch] => {
    const full = samples;
    samples = [];
    return [collate(full)];
  };
  return {
    take: (sample) => (samples.push(sample) === size ? batch() : []),
    end: () => (samples.length > 0 && !dropLast ? batch() : []),
  };
}

/**
 * Samples in a random order of `size` at a time: each that goes in takes the place of one of `size` drawn at random, which
 * comes out. The order is a function of seed and epoch.
 */
export function shuffling<Sample>(size: number, seed: number, epoch: number): Stage<Sample, Sample> {
  const held: Sample[] = [];
  const draw = words(seed, epoch);
  const out = (): Sample => {
    const chosen = Math.floor((draw() / 2 ** 32) * held.length);
    const sample = held[chosen]!;
    held[chosen] = held.at(-1)!;
    held.pop();
    return sample;
  };
  return {
    take: (sample) => (held.push(sample) > size ? [out()] : []),
    end: () => Array.from({ length: held.length }, out),
  };
}

/** Random words, as many as are asked for. */
function words(seed: number, epoch: number): () => number {
  const perPage = 1024;
  let drawn = 0;
  let page: Uint32Array = new Uint32Array(0);
  return () => {
    if (drawn % perPage === 0) page = randomWords(perPage, seed, "buffer", epoch, drawn);
    return page[drawn++ % perPage]!;
  };
}

/** The first `count` samples. */
export function taking<Sample>(count: number): Stage<Sample, Sample> {
  let taken = 0;
  return {
    take: (sample) => (taken++ < count ? [sample] : []),
    isDone: () => taken >= count,
  };
}

/** All but the first `count` samples. */
export function skipping<Sample>(count: number): Stage<Sample, Sample> {
  let seen = 0;
  return { take: (sample) => (seen++ < count ? [] : [sample]) };
}
