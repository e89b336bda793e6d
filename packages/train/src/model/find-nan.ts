import { type Tensor, ValueError } from "@tapegrad/tensor";
import { expectElements, isFloat } from "@tapegrad/tensor/internal";
import type { Batch } from "./batch.ts";

/** Says that there is a NaN in a batch; where, {@link withoutNaN} finds out. */
class NaNInBatch extends ValueError {
  static override readonly name: string = "NaNInBatch";
}

/** Checks a batch, now or in every run of the function that is traced. */
export function expectNoNaN({ inputs, target, weight }: Batch): void {
  for (const part of [...inputs, target, weight]) {
    if (part === undefined || !isFloat(part.dtype)) continue;
    expectElements(part, { within: [[-Infinity, Infinity]], error: () => new NaNInBatch("NaN in a batch.") });
  }
}

/**
 * What `step` returns, with an error that says where in the batch a NaN is.
 *
 * @param place where the batch stands, for the message
 * @throws {ValueError} `Model.fit: expected data without NaN, got NaN in x of batch 3, row 5, column 2.`
 */
export function withoutNaN<T>(fn: string, batch: Batch, place: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof NaNInBatch)) throw error;
    const { inputs, target, weight } = batch;
    const names = inputs.map((_, i) => (inputs.length === 1 ? "x" : `input ${i} of x`));
    const parts: (readonly [string, Tensor | undefined])[] = [
      ...inputs.map((input, i) => [names[i]!, input] as const),
      ["y", target],
      ["the weights", weight],
    ];
    const found = parts.flatMap(([name, part]) => {
      const at = part === undefined ? undefined : positionIn(part);
      return at === undefined ? [] : [`${name} of ${place}, ${at}`];
    });
    throw new ValueError(`${fn}: expected data without NaN, got NaN in ${found[0]}.`);
  }
}

/** Row and column of the first NaN, in words. */
function positionIn({ data, shape }: Tensor): string | undefined {
  const index = data.findIndex((element) => Number.isNaN(element));
  if (index < 0) return undefined;
  const position: number[] = [];
  let rest = index;
  for (const extent of shape.toReversed()) {
    position.unshift(rest % extent);
    rest = Math.floor(rest / extent);
  }
  const [row = 0, ...column] = position;
  if (column.length === 0) return `row ${row}`;
  return `row ${row}, column ${column.length === 1 ? column[0] : `[${column.join(", ")}]`}`;
}
