import { Generator, randn, type Tensor } from "@tapegrad/tensor";
import { expect } from "vitest";
import type { Optimizer } from "../src/optimizer/optimizer.ts";
import { plainly } from "./plain-step.ts";

/** Any optimizer that steps without a closure. */
export type AnyClass = new (params: Iterable<Tensor>, options?: object) => Optimizer;
/** Dtypes that parameters take turns in. */
export type DTypes = readonly ("float32" | "float64")[];

/** The same optimizer twice: one steps as it does, the other operation by operation. */
export class Pair {
  readonly params: readonly [Tensor[], Tensor[]];
  readonly optimizers: readonly [Optimizer, Optimizer];
  readonly #generator: Generator;

  constructor(Class: AnyClass, shapes: readonly (readonly number[])[], dtypes: DTypes, options: object = {}) {
    const generator = new Generator(5);
    const start = shapes.map((shape, i) => randn(shape, { dtype: dtypes[i % dtypes.length]!, generator }));
    const copies = (): Tensor[] => start.map((x) => x.clone().requiresGrad_());
    this.params = [copies(), copies()];
    this.optimizers = [new Class(this.params[0], options), new Class(this.params[1], options)];
    this.#generator = generator;
  }

  each(change: (optimizer: Optimizer, params: Tensor[]) => void): void {
    this.optimizers.forEach((optimizer, i) => change(optimizer, this.params[i]!));
  }

  /** Sets new gradients, but for those left out. */
  draw(isMissing: (i: number) => boolean = () => false): void {
    this.params[0].forEach((param, i) => {
      const gradient = isMissing(i) ? undefined : drawn(param, this.#generator, i);
      for (const params of this.params) params[i]!.grad = gradient?.clone();
    });
  }

  step(): void {
    this.optimizers[0].step();
    plainly(() => this.optimizers[1].step());
    this.compare();
  }

  compare(): void {
    const [own, plain] = this.optimizers.map((optimizer, i) => [
      ...this.params[i]!.map((param) => ({ data: param.data, version: param.storage.version })),
      ...optimizer.stateDict().param_groups.map(({ lr }) => ({ data: [lr], version: 0 })),
      ...Object.values(optimizer.stateDict().state).flatMap((state) =>
        Object.values(state).map(({ data, storage }) => ({ data, version: storage.version })),
      ),
    ]);
    const differing = own!.filter(({ data, version }, i) => {
      const other = plain![i]!;
      return (
        version !== other.version ||
        data.length !== other.data.length ||
        !data.every((x, k) => Object.is(x, other.data[k]))
      );
    });
    expect(differing).toEqual([]);
  }
}

/** A gradient with zeros, equal signs and turned ones; now and then one of an odd size. */
function drawn(param: Tensor, generator: Generator, i: number): Tensor {
  const gradient = randn(param.shape, { dtype: param.dtype, generator });
  return i % 3 === 1 ? gradient.relu() : gradient.mul(10 ** ((i % 5) - 2));
}
