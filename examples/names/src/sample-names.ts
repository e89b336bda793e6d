import { type datasets, type Generator, multinomial, tensor, type train } from "tapegrad";

/** What {@link sampleNames} needs. */
export interface Sampling {
  readonly model: train.Model;
  readonly tokens: datasets.Tokens;
  readonly context: number;
  readonly generator: Generator;
  /** How many names to draw at once. */
  readonly count: number;
  /** Longer ones are cut. */
  readonly longest: number;
}

/** Draws names character by character, each from what the model expects after those before it. */
export async function sampleNames({ model, tokens, context, generator, count, longest }: Sampling): Promise<string[]> {
  const end = tokens.boundary!;
  const rows = Array.from({ length: count }, () => new Array<number>(context).fill(end));
  for (let length = 0; length < longest; length++) {
    const last = rows.map((row) => row.slice(-context));
    const scores = await model.predict(tensor(last, { dtype: "int32" }), { batchSize: count });
    const next = multinomial(scores.softmax({ axis: 1 }), 1, { generator });
    rows.forEach((row, i) => row.push(next.data[i]!));
  }
  return rows.map((row) => {
    const letters = row.slice(context);
    const stop = letters.indexOf(end);
    return tokens.decode(stop < 0 ? letters : letters.slice(0, stop));
  });
}
