import { ValueError } from "@tapegrad/tensor";
import { isPlainObject, quoted } from "@tapegrad/tensor/internal";
import type { SafetensorsContent } from "../safetensors/decode.ts";
import { recordOf } from "../safetensors/record-of.ts";
import { excerpt, type Refuse } from "../safetensors/refuse.ts";
import { putTogether, takeApart } from "./state-text.ts";

/** States of parts by name, as `stateDict` gave them, and the texts of the file's header. No object has a prototype. */
export interface CheckpointStates {
  /** Texts by name, free in form; none if none were given. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The state of a part: what its `loadStateDict` takes; or the value that was given in place of one. */
  readonly [part: string]: unknown;
}

/** What is in a checkpoint. */
export interface Content {
  /** By part. */
  readonly states: Readonly<Record<string, unknown>>;
  /** The parts that are values, which nothing is loaded from. */
  readonly values: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** The entry of the header's metadata that makes a checkpoint of a safetensors file. */
export const checkpointKey = "tapegrad.checkpoint";
const version = 1;

/** How long the text of states may be, and how many values it may have: what they become takes many times as much memory. */
const [mostUnits, mostValues] = [2 ** 24, 2 ** 20];

/**
 * States as they are written: tensors by dotted names, and all the rest as JSON in the metadata.
 *
 * @throws {ValueError} for what is no state, and for texts of a name that is taken
 */
export function writtenFrom(fn: string, { states, values, metadata }: Content): SafetensorsContent {
  if (Object.hasOwn(metadata, checkpointKey))
    throw new ValueError(`${fn}: expected other names in metadata, got ${quoted(checkpointKey)}.`);
  const { tensors, rest } = takeApart(fn, states);
  const text = JSON.stringify({ version, states: rest, values });
  if (isBounded(text)) return { tensors, metadata: { ...metadata, [checkpointKey]: text } };
  throw new ValueError(
    `${fn}: expected states of at most ${mostValues} values and ${mostUnits} characters beside tensors, got more. ` +
      "Keep long lists of numbers as tensors.",
  );
}

function isBounded(text: string): boolean {
  if (text.length > mostUnits) return false;
  let values = 0;
  for (let i = 0; i < text.length; i++) if ("[{,".includes(text[i]!)) values++;
  return values <= mostValues;
}

/**
 * The states that were written.
 *
 * @throws {FormatError} made by `refuse`
 */
export function contentFrom({ tensors, metadata }: SafetensorsContent, refuse: Refuse): Content {
  const text = metadata[checkpointKey];
  if (text === undefined) throw refuse("the metadata", `to have ${checkpointKey}`, "another safetensors file");
  if (!isBounded(text))
    throw refuse("the state", `to have at most ${mostValues} values and ${mostUnits} characters`, "more");
  const parsed = json(text, refuse);
  if (!isPlainObject(parsed)) throw refuse("the state", "to be an object", excerpt(text));
  const { version: written, states, values } = parsed;
  if (written !== version) throw refuse("the checkpoint", `to be of version ${version}`, quoted(written));
  const whole = putTogether(states, tensors, refuse);
  if (!isPlainObject(whole)) throw refuse("the states", "to be an object", quoted(whole));
  if (!isListOfKeys(values, whole)) throw refuse("the values", "to be names of states", quoted(values));
  const texts = Object.entries(metadata).filter(([key]) => key !== checkpointKey);
  return { states: whole, values, metadata: recordOf(texts) };
}

function json(text: string, refuse: Refuse): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refuse("the state", "to be JSON", excerpt(text));
  }
}

function isListOfKeys(value: unknown, record: object): value is string[] {
  return Array.isArray(value) && value.every((key) => typeof key === "string" && Object.hasOwn(record, key));
}

/** What users get of a checkpoint. */
export function statesOf({ states, metadata }: Content): CheckpointStates {
  return recordOf<unknown>([...Object.entries(states), ["metadata", metadata]]) as CheckpointStates;
}
