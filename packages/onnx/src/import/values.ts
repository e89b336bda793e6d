import type { Tensor } from "@tapegrad/tensor";

/** Tensors by name, in a graph and those around it. */
export class Values {
  readonly #own = new Map<string, Tensor>();
  readonly #around: Values | undefined;

  /** @param around what a subgraph may read besides its own */
  constructor(around?: Values) {
    this.#around = around;
  }

  set(name: string, value: Tensor): void {
    this.#own.set(name, value);
  }

  get(name: string): Tensor | undefined {
    return this.#own.get(name) ?? this.#around?.get(name);
  }
}
