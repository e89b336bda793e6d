import { readFileSync } from "node:fs";
import { gradcheck } from "@tapegrad/autograd";
import { type Tensor, tensor } from "@tapegrad/tensor";
import { drawer, expectClose } from "@tapegrad/testing";
import { describe, expect, it } from "vitest";
import { functional, GRU, GRUCell, type GRUOptions, LSTM, LSTMCell } from "../../src/index.ts";
import { run } from "./run-layer.ts";

type Nested = readonly (number | Nested)[];
interface Fixture {
  readonly layer: "LSTM" | "GRU";
  readonly options: GRUOptions;
  readonly weights: Readonly<Record<string, Nested>>;
  readonly x: Nested;
  readonly h: Nested;
  readonly c: Nested;
  readonly output: Nested;
  readonly memory: Nested;
}
const fixtures = JSON.parse(readFileSync(new URL("fixtures.json", import.meta.url), "utf8")) as readonly Fixture[];

const double = (values: Nested): Tensor => tensor(values as number[], { dtype: "float64" });
const named = fixtures.map((fixture) => [`${fixture.layer} ${JSON.stringify(fixture.options)}`, fixture] as const);

describe("activations of recurrent layers", () => {
  it.each(named)("%s has the values of numpy", (_, { layer, options, weights, x, h, c, output, memory }) => {
    const settled = { ...options, dtype: "float64" } as const;
    const net = layer === "LSTM" ? new LSTM(3, 2, settled) : new GRU(3, 2, settled);
    const keys = ["weightIh", "weightHh", "biasIh", "biasHh"] as const;
    const values = keys.map((key) => double(weights[key]!));
    net.loadStateDict(Object.fromEntries(Object.keys(net.stateDict()).map((key, i) => [key, values[i]!])));
    const [first, last, cell] = run(net, double(x), double(h).unsqueeze(0), double(c).unsqueeze(0));
    expectClose(first, output, { atol: 1e-14 });
    expectClose(last, output.at(-1) as readonly number[], { atol: 1e-14 });
    if (cell !== undefined) expectClose(cell, memory as readonly number[], { atol: 1e-14 });
  });

  it("have right derivatives of first and second order", () => {
    const draw = drawer(2);
    const options = { activation: "softplus", recurrentActivation: (x: Tensor) => x.tanh() } as const;
    const lstm = (x: Tensor, h: Tensor, c: Tensor, weightIh: Tensor, weightHh: Tensor): Tensor => {
      const [next, memory] = functional.lstmCell(x, [h, c], { weightIh, weightHh }, options);
      return next.add(memory.square());
    };
    const gru = (x: Tensor, h: Tensor, weightIh: Tensor, weightHh: Tensor): Tensor =>
      functional.gruCell(x, h, { weightIh, weightHh }, options);
    for (const order of [1, 2] as const) {
      gradcheck(lstm, [draw(2, 3), draw(2, 2), draw(2, 2), draw(8, 3), draw(8, 2)], { order });
      gradcheck(gru, [draw(2, 3), draw(2, 2), draw(6, 3), draw(6, 2)], { order });
    }
  });

  it("refuse a wrong word at once, under the name of the layer", () => {
    for (const Layer of [LSTM, LSTMCell, GRU, GRUCell]) {
      const { name } = Layer;
      expect(() => new Layer(1, 1, { recurrentActivation: "sigmod" as "sigmoid" })).toThrow(
        new RegExp(`^${name}: expected a function or one of .*, got "sigmod"\\. Did you mean "sigmoid"\\?$`),
      );
      expect(() => new Layer(1, 1, { activation: 3 as never })).toThrow(
        `${name}: expected activation to be a function`,
      );
      expect(new Layer(1, 2, { activation: "relu", recurrentActivation: "hard_sigmoid" }).details()).toBe(
        "1, 2, activation=relu, recurrentActivation=hard_sigmoid",
      );
    }
  });
});
