import { manualSeed, type Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import type { Callback, Training } from "../../src/training/callback.ts";
import type { FitOptions } from "../../src/model/fit-options.ts";
import type { Model } from "../../src/model/model.ts";
import { classified, quiet, smallModel, weightsOf } from "./small-training.ts";

const [x, y] = classified(40); // 5 batches
const validationData = [x, y] as const;

/** Counts batches and epochs, and halves the rate after each epoch: state of its own that decides something. */
class Counting implements Callback {
  counted = 0;
  readonly told: string[] = [];
  onBatchEnd(batch: number): void {
    this.counted++;
    this.told.push(`batch ${batch}`);
  }
  onEpochEnd(epoch: number, _logs: object, { optimizer }: Training): void {
    this.told.push(`epoch ${epoch}`);
    optimizer.lr = this.counted % 2 === 0 ? optimizer.lr / 2 : optimizer.lr;
  }
  stateDict(): object {
    return { counted: this.counted };
  }
  loadStateDict({ counted }: { counted: number }): void {
    this.counted = counted;
  }
}

type Hook = "onBatchEnd" | "onEpochBegin" | "onEpochEnd";

/** Takes a state in the `nth` call of a hook, and may end the training there. */
function taking(hook: Hook, nth: number, ends: boolean): Callback & { readonly states: string[] } {
  const states: string[] = [];
  let calls = 0;
  return {
    states,
    [hook]: (...args: unknown[]) => {
      const training = args.at(-1) as Training;
      if (++calls !== nth) return;
      states.push(JSON.stringify(training.stateDict()));
      if (ends) training.stop();
    },
    stateDict: () => ({ calls }),
    loadStateDict: (state: object) => void ({ calls } = state as { calls: number }),
  };
}

interface Outcome {
  readonly model: Model;
  readonly counting: Counting;
  readonly figures: unknown;
}

async function train(
  options: FitOptions,
  seed: number,
  callbacks: (counting: Counting) => Callback[],
): Promise<Outcome> {
  const model = smallModel("float32", 0.25);
  manualSeed(seed);
  const counting = new Counting();
  const history = await model.fit(x, y, { ...quiet, epochs: 3, ...options, callbacks: callbacks(counting) });
  return { model, counting, figures: { epoch: history.epoch, history: history.history } };
}

const cases: readonly [hook: Hook, nth: number, options: FitOptions][] = [
  ["onBatchEnd", 3, { compile: false }],
  ["onBatchEnd", 8, {}],
  ["onBatchEnd", 10, {}], // the last of an epoch
  ["onEpochEnd", 2, {}],
  ["onEpochBegin", 2, {}],
  ["onBatchEnd", 7, { gradientAccumulation: 3, clipNorm: 0.5 }], // in the middle of a group
  ["onBatchEnd", 7, { stepsPerEpoch: 3 }],
  ["onBatchEnd", 5, { stepsPerEpoch: 3 }], // where a walk over the data ends
  ["onBatchEnd", 5, { overfitBatches: 3, shuffle: false }],
];

describe.each(["first", "last"])("a training that goes on, with the state taken by the %s callback", (place) => {
  it.each(cases)("in %s %i with %j equals one that was not interrupted, bit for bit", async (hook, nth, options) => {
    const ordered = (taker: Callback) => (counting: Counting) =>
      place === "first" ? [taker, counting] : [counting, taker];
    const settings = { validationData, ...options };
    const whole = await train(settings, 7, ordered(taking(hook, Infinity, false)));
    const taker = taking(hook, nth, true);
    await train(settings, 7, ordered(taker));
    const resume = JSON.parse(taker.states[0]!) as object;
    // Another seed of everything: all that matters is in the state.
    const resumed = await train({ ...settings, seed: 99, resume }, 1234, ordered(taking(hook, Infinity, false)));
    expect(resumed.figures).toEqual(whole.figures);
    expect(weightsOf(resumed.model)).toEqual(weightsOf(whole.model));
    expect(resumed.counting.counted).toBe(whole.counting.counted);
    expect(resumed.model.optimizer!.stateDict()).toEqual(whole.model.optimizer!.stateDict());
    expect(whole.counting.told.slice(-resumed.counting.told.length)).toEqual(resumed.counting.told);
  });
});

describe("a state", () => {
  const stateOf = async (): Promise<object> => {
    const taker = taking("onEpochEnd", 1, true);
    await train({}, 1, (counting) => [counting, taker]);
    return JSON.parse(taker.states[0]!) as object;
  };

  it("keeps what goes on changing out", async () => {
    let taken: object | undefined;
    let text = "";
    await train({ epochs: 2 }, 1, () => [
      {
        onBatchEnd(batch, _logs, training) {
          if (batch !== 0 || taken !== undefined) return;
          taken = training.stateDict();
          text = JSON.stringify(taken);
        },
      },
    ]);
    expect(JSON.stringify(taken)).toBe(text);
  });

  it("holds figures that are not finite", async () => {
    const model = smallModel();
    const taker = taking("onEpochEnd", 1, true);
    const blowUp: Callback = {
      onBatchEnd: (_batch, _logs, { net }) => {
        for (const parameter of net.parameters()) parameter.data.fill(Number.NaN);
      },
    };
    await model.fit(x, y, { ...quiet, compile: false, callbacks: [blowUp, taker] });
    const history = await smallModel().fit(x, y, {
      ...quiet,
      resume: JSON.parse(taker.states[0]!) as object,
      callbacks: [{}, {}],
    });
    expect(history.loss).toEqual([Number.NaN]);
  });

  it("is loaded whole or not at all", async () => {
    const state = await stateOf();
    const model = smallModel("float32", 0.25);
    const before = weightsOf(model);
    const fit = (resume: object, callbacks: readonly Callback[] = [new Counting(), {}]): Promise<unknown> =>
      model.fit(x, y, { ...quiet, resume, callbacks });
    await expect(fit({})).rejects.toThrow(
      'Model.fit: expected resume to be a state of Training.stateDict, got one without "',
    );
    await expect(fit(state, [])).rejects.toThrow("expected resume to be the state of a training with 0 callbacks");
    await expect(fit({ ...state, optimizer: {} })).rejects.toThrow(
      "Adam.loadStateDict: expected state to be an object",
    );
    await expect(fit({ ...state, loader: { ...(state as { loader: object }).loader, epoch: -1 } })).rejects.toThrow(
      "DataLoader.loadStateDict: expected epoch to be a whole number",
    );
    const { position } = state as { position: object };
    for (const [wrong, message] of [
      [3, "expected resume.position to be an object, got 3."],
      [{ ...position, epoch: "1" }, 'expected resume.position.epoch to be a whole number ≥ 0, got "1".'],
      [
        { ...position, updates: undefined },
        "expected resume.position.updates to be a whole number ≥ 0, got undefined.",
      ],
      [{ ...position, begun: 1 }, "expected resume.position.begun to be true or false, got 1."],
    ] as const) {
      await expect(fit({ ...state, position: wrong })).rejects.toThrow(`Model.fit: ${message}`);
    }
    expect(weightsOf(model)).toEqual(before);
    expect(model.history.epoch).toEqual([]);
  });

  it("of a larger group of batches ends it at the next one", async () => {
    const states: object[] = [];
    const run = (gradientAccumulation: number, callback: Callback, resume?: object): Promise<unknown> =>
      smallModel().fit(x, y, {
        ...quiet,
        batchSize: 4,
        epochs: 1,
        gradientAccumulation,
        callbacks: [callback],
        resume,
      });
    await run(4, { onBatchEnd: (_batch, _logs, training) => void states.push(training.stateDict()) });
    const updates: number[] = [];
    await run(2, { onBatchEnd: (_batch, _logs, training) => void updates.push(training.updates) }, states[2]);
    expect(updates.slice(0, 4)).toEqual([1, 1, 2, 2]);
  });

  it("cannot be taken before a batch that is read already", async () => {
    const callbacks: Callback[] = [{ onBatchBegin: (_batch, training) => void training.stateDict() }];
    await expect(smallModel().fit(x, y, { ...quiet, callbacks })).rejects.toThrow(
      "Training.stateDict: expected to be called between batches, got a call in onBatchBegin.",
    );
  });
});

describe("an end that comes early", () => {
  it("by a signal, after the current batch, with the history so far", async () => {
    const controller = new AbortController();
    const told: string[] = [];
    const history = await smallModel().fit(x, y, {
      ...quiet,
      epochs: 9,
      signal: controller.signal,
      callbacks: [
        {
          onBatchEnd: (batch) => void told.push(`batch ${batch}`),
          onEpochEnd: (epoch) => void told.push(`epoch ${epoch}`),
          onTrainEnd: () => void told.push("end"),
        },
        {
          onBatchEnd: (batch, _logs, { history }) => {
            if (history.epoch.length === 1 && batch === 1) controller.abort();
          },
        },
      ],
    });
    expect(history.epoch).toEqual([0]);
    expect(told.slice(-4)).toEqual(["epoch 0", "batch 0", "batch 1", "end"]);
  });

  it("by a signal from a timer, since the event loop turns", async () => {
    const [large, labels] = [x, y] as [Tensor, Tensor];
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 60);
    const started = performance.now();
    await smallModel().fit(large, labels, { ...quiet, epochs: 1e6, signal: controller.signal });
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it("before anything, by a signal that is aborted already", async () => {
    const model = smallModel();
    const before = weightsOf(model);
    const history = await model.fit(x, y, { ...quiet, signal: AbortSignal.abort() });
    expect([history.epoch, weightsOf(model)]).toEqual([[], before]);
  });

  it("by stop at the end of an epoch", async () => {
    const callbacks: Callback[] = [{ onEpochEnd: (epoch, _logs, training) => void (epoch === 1 && training.stop()) }];
    const history = await smallModel().fit(x, y, { ...quiet, epochs: 5, callbacks });
    expect(history.epoch).toEqual([0, 1]);
  });
});
