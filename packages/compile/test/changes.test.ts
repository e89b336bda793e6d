import { Adam } from "@tapegrad/optim";
import type { Tensor } from "@tapegrad/tensor";
import { array, assert, constantFrom, nat, property, tuple } from "fast-check";
import { afterAll, beforeAll, describe, it, vi } from "vitest";
import { changes, type Subject } from "./changes/changes.ts";
import { Net, pair } from "./changes/net.ts";
import { expectSameAsEager, snapshot, type Wrap } from "./same-as-eager.ts";

/** Trains for a step after each change; gives the losses, and all that is left in the end. */
function run(wrap: Wrap, program: readonly (readonly [name: string, seed: number])[]): unknown {
  const net = new Net();
  const subject: Subject = { net, optimizer: new Adam(net.parameters(), { lr: 0.01, eps: 1e-2 }), hooks: [] };
  const step = wrap((x: Tensor, y: Tensor) => {
    net.zeroGrad();
    const loss = net.loss(x, y);
    loss.backward();
    subject.optimizer.step();
    return loss;
  });
  const losses = program.map(([name, seed], i) => {
    changes[name]!(subject, seed);
    return step(...pair(i));
  });
  for (const hook of subject.hooks) hook.remove();
  return [losses, net.stateDict(), net.parameters().map(({ grad }) => snapshot(grad)), subject.optimizer.stateDict()];
}

describe("what changes between two calls of a compiled step", () => {
  // Layers in a plain class are none that a module finds.
  beforeAll(() => vi.spyOn(console, "warn").mockImplementation(() => undefined));
  afterAll(() => vi.restoreAllMocks());

  it.each(Object.keys(changes))("%s", (name) => {
    expectSameAsEager(
      (wrap) =>
        run(wrap, [
          // Twice, so that the second step is like the last one; and the one after that, once all has settled.
          ["nothing", 0],
          ["nothing", 0],
          ["nothing", 0],
          [name, 1],
          [name, 2],
          ["nothing", 0],
          ["nothing", 0],
          [name, 3],
        ]),
      1e-6,
    );
  });

  const runs = Number(process.env["FUZZ_RUNS"] ?? 20);
  it(`in ${runs} random programs`, () => {
    const change = tuple(constantFrom(...Object.keys(changes)), nat(20));
    assert(
      property(array(change, { minLength: 2, maxLength: 8 }), (program) => {
        expectSameAsEager((wrap) => run(wrap, program), 1e-6);
      }),
      { numRuns: runs, seed: Number(process.env["FUZZ_SEED"] ?? 1) },
    );
  });
});
