import { ValueError } from "@tapegrad/tensor";
import { bestOf, type Found, type KerasSource, type StoredVariable } from "./keras-source.ts";
import type { LayerPaths } from "./layer-groups.ts";
import type { Place } from "./places.ts";

/** Variables without layers, in the order of `model.get_weights()`: every place takes as many as it has. */
export class VariableList implements KerasSource {
  readonly #variables: readonly StoredVariable[];
  #next = 0;

  /** @throws {ValueError} for paths of layers, of which there are none */
  constructor(fn: string, variables: readonly StoredVariable[], layers: LayerPaths) {
    if (Object.keys(layers).length > 0)
      throw new ValueError(
        `${fn}: expected layers for a file of Keras 3 alone, got them for one in the model's order.`,
      );
    this.#variables = variables;
  }

  take({ choices }: Place): Found | undefined {
    if (this.#next === this.#variables.length) return undefined;
    const candidates = choices.map((layer): Found => {
      const count = Object.keys(layer.variables).length;
      return { layer, variables: this.#variables.slice(this.#next, this.#next + count) };
    });
    const found = bestOf(candidates);
    this.#next += found?.variables.length ?? 0;
    return found;
  }

  rest(): readonly string[] {
    return this.#variables.slice(this.#next).map(({ label }) => label);
  }
}
