import { ValueError } from "@tapegrad/tensor";
import { isPromise } from "../is-promise.ts";

/** One step of a pipeline in one epoch: samples go in, one at a time, and others come out. */
export interface Stage<In, Out> {
  /** What comes out when a sample has gone in. */
  take(sample: In): readonly Out[];
  /** What comes out when there are no more. */
  end?(): readonly Out[];
  /** Whether it needs no more. */
  isDone?(): boolean;
}

/** What comes out of a stage whose samples are at hand. */
export function* runNow<In, Out>(samples: Iterable<In>, stage: Stage<In, Out>): Generator<Out, void, undefined> {
  if (stage.isDone?.() === true) return;
  for (const sample of samples) {
    for (const out of stage.take(sample)) {
      if (isPromise(out)) {
        out.then(undefined, () => undefined);
        throw new ValueError("Pipeline: expected a sample at hand, got a promise. Read the pipeline with for await.");
      }
      yield out;
    }
    if (stage.isDone?.() === true) return;
  }
  yield* stage.end?.() ?? [];
}

/** What comes out of a stage whose samples may come later. */
export async function* runLater<In, Out>(
  samples: Iterable<In> | AsyncIterable<In>,
  stage: Stage<In, Out>,
): AsyncGenerator<Awaited<Out>, void, undefined> {
  if (stage.isDone?.() === true) return;
  for await (const sample of samples) {
    for (const out of stage.take(sample)) yield await out;
    if (stage.isDone?.() === true) return;
  }
  for (const out of stage.end?.() ?? []) yield await out;
}

/** The same values, up to `ahead` of which are asked for before they are needed. */
export async function* askAhead<Value>(
  values: AsyncIterator<Value, unknown, undefined>,
  ahead: number,
): AsyncGenerator<Value, void, undefined> {
  const coming: Promise<IteratorResult<Value, unknown>>[] = [];
  try {
    for (;;) {
      while (coming.length <= ahead) {
        const next = values.next();
        // Whoever waits for it hears of its error; until then it is not unhandled.
        next.catch(() => undefined);
        coming.push(next);
      }
      const next = await coming.shift()!;
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await values.return?.();
  }
}
