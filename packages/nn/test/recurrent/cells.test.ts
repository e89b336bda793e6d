import { Generator, randn, type Tensor, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { functional, GRU, GRUCell, LSTM, LSTMCell, RNN, RNNCell } from "../../src/index.ts";
import { run } from "./run-layer.ts";

const generator = new Generator(7);

describe("recurrent cells", () => {
  it.each<readonly [RNNCell | LSTMCell | GRUCell, RNN | LSTM | GRU]>([
    [new RNNCell(3, 4, { generator }), new RNN(3, 4)],
    [new RNNCell(3, 4, { activation: "relu", bias: false }), new RNN(3, 4, { activation: "relu", bias: false })],
    [new LSTMCell(3, 4, { generator }), new LSTM(3, 4)],
    [new GRUCell(3, 4, { generator }), new GRU(3, 4)],
    [new GRUCell(3, 4, { resetAfter: false }), new GRU(3, 4, { resetAfter: false })],
  ])("%s is a step of its layer", (cell, layer) => {
    const dict = Object.entries(cell.stateDict()).map(([key, value]) => [`${key}_l0`, value] as const);
    layer.loadStateDict(Object.fromEntries(dict));
    const x = randn([2, 2, 3], { generator });
    const want = run(layer, x)[0];
    const first = cell.forward(x.slice(0)) as Tensor & readonly [Tensor, Tensor];
    const second = (cell as LSTMCell).forward(x.slice(1), first);
    const h = Array.isArray(second) ? (second[0] as Tensor) : (second as unknown as Tensor);
    expect(h.toArray()).toEqual(want?.slice(1).toArray());
    expect(String(cell)).toContain("3, 4");
  });

  it("start from U(±1/√hidden), with PyTorch's keys in its order", () => {
    const layer = new LSTM(3, 4, { numLayers: 2, bidirectional: true, generator });
    const keys = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"];
    const suffixes = ["_l0", "_l0_reverse", "_l1", "_l1_reverse"];
    expect(Object.keys(layer.stateDict())).toEqual(suffixes.flatMap((suffix) => keys.map((key) => key + suffix)));
    expect(
      layer
        .namedParameters()
        .map(([key]) => key)
        .slice(0, 5),
    ).toEqual(["weightIhL0", "weightHhL0", "biasIhL0", "biasHhL0", "weightIhL0Reverse"]);
    expect(layer.stateDict()["weight_ih_l1"]?.shape).toEqual([16, 8]);
    for (const parameter of layer.parameters()) {
      expect(parameter.abs().max().item()).toBeLessThanOrEqual(0.5);
      expect(parameter.abs().max().item()).toBeGreaterThan(0.3);
    }
    expect(layer.details()).toBe("3, 4, numLayers=2, bidirectional=true");
  });

  it("project from U(±1/√hidden), or as an initialiser says", () => {
    const layer = new LSTM(3, 16, { projectionSize: 9, numLayers: 2, generator });
    const keys = ["weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr"];
    expect(Object.keys(layer.stateDict())).toEqual(["_l0", "_l1"].flatMap((suffix) => keys.map((key) => key + suffix)));
    const { weight_hr_l0: projection, weight_hh_l1: ofState, weight_ih_l1: ofInput } = layer.stateDict();
    expect([projection?.shape, ofState?.shape, ofInput?.shape]).toEqual([[9, 16], [64, 9], [64, 9]]); // prettier-ignore
    expect(projection!.abs().max().item()).toBeLessThanOrEqual(0.25);
    expect(projection!.abs().max().item()).toBeGreaterThan(0.22);
    const set = new LSTM(3, 4, { projectionSize: 2, projectionInit: "ones", layerNorm: true }).stateDict();
    expect(set["weight_hr_l0"]?.toArray()).toEqual([[1, 1, 1, 1], [1, 1, 1, 1]]); // prettier-ignore
    expect(layer.details()).toBe("3, 16, numLayers=2, projectionSize=9");
  });

  it("print the options that differ from their standards", () => {
    expect(new RNNCell(3, 4, { activation: "relu", bias: false, generator }).details()).toBe(
      "3, 4, activation=relu, bias=false",
    );
    expect(new GRU(3, 4, { resetAfter: false, dropout: 0.5 }).details()).toBe("3, 4, resetAfter=false, dropout=0.5");
  });
});

describe("recurrent errors", () => {
  const weights = { weightIh: zeros([4, 3]), weightHh: zeros([4, 4]) };
  const [x, h] = [zeros([2, 3]), zeros([2, 4])];
  it.each<readonly [() => unknown, string]>([
    [() => functional.rnnCell(zeros([2, 2]), h, weights), "rnnCell: expected input of shape [2, 3], got [2, 2]."],
    [() => functional.rnnCell(x, zeros([1, 4]), weights), "rnnCell: expected state h of shape [2, 4], got [1, 4]."],
    [() => functional.rnnCell(x, h, weights, { activation: "rleu" as "relu" }), 'rnnCell: expected a function or one of celu,'],
    [() => functional.rnnCell(x, h, { ...weights, weightHh: zeros([4]) }), "rnnCell: expected weightHh of shape [4, 4], got [4]."],
    [() => functional.rnnCell(x, h, { ...weights, weightIh: zeros([5, 3]) }), "rnnCell: expected weightIh of shape [4, 3], got [5, 3]."],
    [() => functional.rnnCell(x, h, { ...weights, biasHh: zeros([3]) }), "rnnCell: expected biasHh of shape [4], got [3]."],
    [() => functional.lstmCell(x, [h, h], weights), "lstmCell: expected weightHh of shape [16, 4], got [4, 4]."],
    [() => functional.lstmCell(x, [h, zeros([4])], { weightIh: zeros([16, 3]), weightHh: zeros([16, 4]) }), "lstmCell: expected state c of shape [2, 4], got [4]."],
    [() => functional.gruCell(x, h, weights), "gruCell: expected weightHh of shape [12, 4], got [4, 4]."],
    [() => functional.gruCell(x, h, weights, { reset: true } as object), 'gruCell: expected options resetAfter, activation, recurrentActivation, got "reset".'],
    [() => functional.lstmCell(x, [h, h], weights, { peepholes: 3 as unknown as Tensor }), "lstmCell: expected peepholes to be a Tensor, got 3."],
    [() => new GRUCell(1, 1, { resetAfter: 1 as unknown as boolean }), "GRUCell: expected resetAfter to be true or false, got 1."],
    [() => new RNNCell(0, 1), "RNNCell: expected inputSize to be a whole number ≥ 1, got 0."],
    [() => new LSTMCell(1, 0.5), "LSTMCell: expected hiddenSize to be a whole number ≥ 1, got 0.5."],
    [() => new GRUCell(1, 1, { dtype: "int32" as "float32" }), "GRUCell: expected dtype float32 or float64, got int32."],
    [() => new RNN(1, 1, { activation: "tanf" as "tanh" }), 'got "tanf". Did you mean "tanh"?'],
    [() => new LSTM(1, 1, { numLayers: 0 }), "LSTM: expected numLayers to be a whole number ≥ 1, got 0."],
    [() => new GRU(1, 1, { dropout: 2 }), "GRU: expected dropout in [0, 1], got 2."],
    [() => new LSTM(1, 1, { layers: 2 } as object), 'LSTM: expected options activation, recurrentActivation, numLayers, bidirectional, batchFirst, dropout, zeroOutputForMask, bias, generator, dtype, init, recurrentInit, biasInit, recurrentBiasInit, kernelRegularizer, biasRegularizer, kernelConstraint, biasConstraint, recurrentRegularizer, recurrentConstraint, layerNorm, projectionSize, projectionInit, got "layers".'],
    [() => functional.rnnCell(x, h, { ...weights, weightHr: zeros([4, 4]) }), "rnnCell: expected no weightHr, which is of an LSTM, got one."],
    [() => functional.lstmCell(x, [zeros([2, 2]), h], { weightIh: zeros([16, 3]), weightHh: zeros([16, 2]), weightHr: zeros([3, 4]) }), "lstmCell: expected weightHr of shape [2, 4], got [3, 4]."],
    [() => functional.lstmCell(x, [h, h], { weightIh: zeros([16, 3]), weightHh: zeros([16, 2]), weightHr: zeros([2, 4]) }), "lstmCell: expected state h of shape [2, 2], got [2, 4]."],
    [() => functional.lstmCell(x, [h, h], { weightIh: zeros([16, 3]), weightHh: zeros([16, 4]), weightHr: 3 as unknown as Tensor }), "lstmCell: expected weightHr to be a tensor, got 3."],
    [() => new LSTM(3, 4, { projectionSize: 4 }), "LSTM: expected projectionSize less than hiddenSize, which is 4, got 4."],
    [() => new LSTM(3, 4, { projectionSize: -1 }), "LSTM: expected projectionSize to be a whole number ≥ 0, got -1."],
    [() => new GRU(3, 4, { projectionSize: 2 } as object), "GRU: expected options"],
    [() => new LSTMCell(3, 4, { projectionSize: 2 } as object), "LSTMCell: expected options"],
    [() => new LSTM(3, 4, { projectionSize: 2 }).forward(zeros([5, 2, 3]), [zeros([1, 2, 4]), zeros([1, 2, 4])]), "LSTM: expected state h of shape [1, 2, 2], got [1, 2, 4]."],
    [() => new GRU(3, 4).forward(zeros([2, 3, 5])), "GRU: expected input of shape [time, batch, 3], got [2, 3, 5]."],
    [() => new GRU(3, 4, { batchFirst: true }).forward(zeros([3])), "GRU: expected input of shape [batch, time, 3], got [3]."],
    [() => new LSTM(3, 4).forward(zeros([0, 2, 3])), "LSTM: expected a sequence of at least one step, got [0, 2, 3]."],
    [() => new RNN(3, 4).forward(zeros([5, 2, 3]), zeros([2, 4])), "RNN: expected state h of shape [1, 2, 4], got [2, 4]."],
  ])("%#", (call, message) => {
    expect(call).toThrow(message);
  }); // prettier-ignore
});
