import { type CheckpointStates, decodeCheckpoint, encodeCheckpoint } from "@tapegrad/io";
import { tensor } from "@tapegrad/tensor";
import type { Parser } from "../parser.ts";
import { ascii } from "./ascii.ts";
import { fileOf } from "./safetensors.ts";

/** A file without tensors whose states are this text. */
function file(states: Uint8Array): Uint8Array {
  const text = JSON.stringify(Buffer.from(states).toString("latin1"));
  return fileOf(ascii(`{"__metadata__":{"note":"","tapegrad.checkpoint":${text}}}`), 0);
}

const states = [
  '{"version":1,"states":{"epoch":3,"rate":{"$number":"-Infinity"},"list":[1,null,true,"x"]},"values":["epoch"]}',
  '{"version":1,"states":{"a":{"$$tensor":{"$number":"NaN"},"__proto__":[]}},"values":[]}',
].map(ascii);

/** Checkpoints; mutants of the text of their states within them have a right header. */
export const checkpointParser: Parser<CheckpointStates> = {
  name: "checkpoint",
  decode: (bytes) => decodeCheckpoint(bytes),
  encode: ({ metadata, ...parts }) => encodeCheckpoint(parts, { metadata }),
  values: [
    { x: tensor(true), metadata: {} },
    { model: { "0.weight": tensor([[1, 2]]) }, optimizer: { state: [{ step: tensor(3, { dtype: "int32" }) }, -0] }, metadata: { task: "toy" } }, // prettier-ignore
  ],
  files: states.map(file),
  words: ['"$tensor"', '"$number"', '"$"', '"NaN"', '"states"', '"values"', '"__proto__"', "[", "]", "{", "}", ",", ":", "\\\\u0061"], // prettier-ignore
  within: { seeds: states, wrap: file },
};
