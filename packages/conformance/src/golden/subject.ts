import type { Module } from "@tapegrad/nn";
import type { Tensor } from "@tapegrad/tensor";
import { type GoldenCase, type GoldenTensors, toTensor } from "./format.ts";

/** Something that a case calls: a function, or a module with its state. */
export interface Subject {
  /** The live parameters under PyTorch's names. */
  readonly parameters: Readonly<Record<string, Tensor>>;
  forward(inputs: Readonly<Record<string, Tensor>>): readonly Tensor[];
  /** The live buffers under PyTorch's names. */
  buffers?(): Readonly<Record<string, Tensor>>;
  train?(mode: boolean): void;
}

/** Builds the subject of a case: one row for each operation of PyTorch. */
export type Adapter = (golden: GoldenCase) => Subject;

/** The adapter of a pure function, which finds its tensors by name and the rest in `config`. */
export function pure(
  call: (inputs: Readonly<Record<string, Tensor>>, config: GoldenCase["config"]) => Tensor | readonly Tensor[],
): Adapter {
  return ({ config }) => ({
    parameters: {},
    forward: (inputs) => {
      const result = call(inputs, config);
      return Array.isArray(result) ? (result as readonly Tensor[]) : [result as Tensor];
    },
  });
}

/** All tensors of a dictionary. */
export function toTensors(golden: GoldenTensors): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(golden).map(([name, value]) => [name, toTensor(value)]));
}

/** Parameters and buffers of a module under their keys of the state dictionary, not detached. */
export function live(module: Module, kind: "parameters" | "buffers"): Record<string, Tensor> {
  const byStorage = new Map([...module[kind]()].map((tensor) => [tensor.storage, tensor]));
  const entries = Object.entries(module.stateDict()).flatMap(([key, { storage }]) => {
    const tensor = byStorage.get(storage);
    return tensor === undefined ? [] : [[key, tensor] as const];
  });
  return Object.fromEntries(entries);
}

/** A module of one tensor input with the state that the case begins with. */
export function moduleSubject(module: Module, golden: GoldenCase): Subject {
  const { params, buffersBefore } = golden;
  const state = { ...params, ...buffersBefore };
  const first = golden.inputs ?? golden.steps?.[0]?.inputs ?? state;
  module.to(Object.values(first)[0]?.dtype === "float32" ? "float32" : "float64");
  if (params !== undefined || buffersBefore !== undefined) module.loadStateDict(toTensors(state));
  return {
    parameters: live(module, "parameters"),
    forward: ({ input }) => [module.forward(input as Tensor)],
    buffers: () => live(module, "buffers"),
    train: (mode) => module.train(mode),
  };
}
