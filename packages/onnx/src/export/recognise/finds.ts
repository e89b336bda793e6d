import type { Aligned, Alignment } from "../trace/alignment.ts";
import { attributesOf } from "../trace/attributes.ts";
import type { Found } from "./pattern.ts";

/** Looks at what was found. */
export class Finds {
  readonly #found: Found;
  readonly #alignment: Alignment;

  constructor(found: Found, alignment: Alignment) {
    this.#found = found;
    this.#alignment = alignment;
  }

  value(name: string): Aligned {
    return this.#found.get(name)!;
  }

  optional(name: string): Aligned | undefined {
    return this.#found.get(name);
  }

  /** The attributes of the operation of a name. */
  attrs(name: string): { readonly [name: string]: unknown } {
    return attributesOf(this.#alignment, this.#alignment.operation(this.value(name))!);
  }

  axes(name: string): readonly number[] {
    return this.attrs(name)["axes"] as readonly number[];
  }

  /** The number that is a constant, the same for each batch. */
  number(name: string): number | undefined {
    const numbers = this.numbers(name);
    return numbers?.every((each) => each === numbers[0]) === true ? numbers[0] : undefined;
  }

  /** The number that is a constant, for each batch. */
  numbers(name: string): readonly number[] | undefined {
    const data = this.value(name).at.map(({ from, shape }) =>
      from.kind === "constant" && shape.length === 0 ? from.data[0] : undefined,
    );
    return data.includes(undefined) ? undefined : (data as readonly number[]);
  }
}
