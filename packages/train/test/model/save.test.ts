import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeSafetensors, loadCheckpoint, saveCheckpoint } from "@tapegrad/io";
import { Dense } from "@tapegrad/nn";
import { FormatError, zeros } from "@tapegrad/tensor";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Checkpoint } from "../../src/callbacks/checkpoint/checkpoint.ts";
import { Model } from "../../src/model/model.ts";
import { classified, quiet, smallModel, weightsOf } from "./small-training.ts";

const [x, y] = classified(40);
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tapegrad-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});
const at = (name: string): string => join(folder, name);

/** All that a model has. */
const stateOf = ({ net, optimizer }: Model): string => JSON.stringify([net.stateDict(), optimizer?.stateDict()]);

describe("Model.save and Model.load", () => {
  it("keep net and optimizer", async () => {
    const model = smallModel();
    await model.fit(x, y, { ...quiet, epochs: 2 });
    await model.save(at("a/model.safetensors"));
    const other = smallModel();
    expect(stateOf(other)).not.toBe(stateOf(model));
    expect(await other.load(at("a/model.safetensors"))).toBe(other);
    expect(stateOf(other)).toBe(stateOf(model));
    const { net, optimizer } = await loadCheckpoint(at("a/model.safetensors"));
    expect([Object.keys(net as object).length, Object.keys(optimizer as object)]).toEqual([
      Object.keys(weightsOf(model)).length,
      ["state", "param_groups"],
    ]);
  });

  it("do with the net alone where there is no optimizer, and take the files of Checkpoint", async () => {
    const model = smallModel();
    const checkpoint = new Checkpoint(at("{epoch}.safetensors"));
    await model.fit(x, y, { ...quiet, epochs: 1, callbacks: [checkpoint] });
    const [bare, other] = [new Model(smallModel().net), smallModel()];
    await bare.load(at("1.safetensors"));
    expect(weightsOf(bare)).toEqual(weightsOf(model));
    await bare.save(at("bare.safetensors"));
    const before = JSON.stringify(other.optimizer!.stateDict());
    await other.load(at("bare.safetensors"));
    expect([weightsOf(other), JSON.stringify(other.optimizer!.stateDict())]).toEqual([weightsOf(model), before]);
    await other.load(at("1.safetensors"));
    expect(stateOf(other)).toBe(stateOf(model));
  });

  it("change nothing where something does not fit", async () => {
    const model = smallModel();
    const before = stateOf(model);
    const wide = new Model(new Dense(7, 7)).compile({ optimizer: "sgd", loss: "mse" });
    await wide.save(at("wide.safetensors"));
    await expect(model.load(at("wide.safetensors"))).rejects.toThrow(/^Model\.load, "\w+" in .*wide\.safetensors: /);
    await saveCheckpoint(at("other.safetensors"), { model: model.net });
    await expect(model.load(at("other.safetensors"))).rejects.toThrow(
      /^Model\.load: expected .* to have a state of net, got model\.$/,
    );
    writeFileSync(at("plain.safetensors"), encodeSafetensors({ w: zeros([1]) }));
    await expect(model.load(at("plain.safetensors"))).rejects.toThrow(FormatError);
    await expect(model.load(at("none"))).rejects.toThrow(/^Model\.load: expected to read .*none, got ENOENT/);
    await expect(model.load(3 as never)).rejects.toThrow("Model.load: expected path to be a path, got 3.");
    await expect(model.load("x", ...([5] as unknown as []))).rejects.toThrow(
      "Model.load: expected no further argument, got 5.",
    );
    expect(stateOf(model)).toBe(before);
    const there = readdirSync(folder);
    await expect(model.save("")).rejects.toThrow("Model.save: expected path to be a path, got");
    await expect(model.save("x", ...([5] as unknown as []))).rejects.toThrow(
      "Model.save: expected no further argument, got 5.",
    );
    expect(readdirSync(folder)).toEqual(there);
  });
});
