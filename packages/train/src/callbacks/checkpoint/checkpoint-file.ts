import { builtin, writeWhole } from "@tapegrad/files";
import { FormatError, ValueError } from "@tapegrad/tensor";
import {
  expectNothing,
  expectValue,
  isPlainObject,
  quoted,
  settleState,
  type ValueRange,
} from "@tapegrad/tensor/internal";

/** What a file of `Checkpoint` holds. */
export interface CheckpointContent {
  /** A state of a whole training, for `fit({ resume })`, or weights and buffers alone, for `net.loadStateDict`. */
  readonly kind: "training" | "weights";
  /** The state. */
  readonly state: object;
}

const format = "tapegrad checkpoint";
const version = 1;
/** What one string of Node can hold. */
const mostBytes = 2 ** 29 - 24;

/** Range of paths. */
export const pathRange: ValueRange<string> = {
  text: "to be a path",
  has: (value): value is string => typeof value === "string" && value !== "",
};

/** Writes a checkpoint, as a whole or not at all. */
export function writeCheckpoint(fn: string, path: string, content: CheckpointContent): void {
  writeWhole(fn, path, JSON.stringify({ format, version, ...content }, wordsForNumbers));
}

/**
 * What `Checkpoint` has written: the state of a training, or weights.
 *
 * @throws {ValueError} if there is no file, or no files at all as in a browser
 * @throws {FormatError} if it is too large or no checkpoint
 * @example
 * const { kind, state } = readCheckpoint("runs/best.json");
 * if (kind === "weights") net.loadStateDict(state as nn.StateDict);
 * else await model.fit(x, y, { epochs: 20, resume: state });
 */
export function readCheckpoint(path: string, ...none: []): CheckpointContent {
  const fn = "readCheckpoint";
  expectNothing(fn, none);
  expectValue(fn, "path", path, pathRange);
  const fs = builtin(fn, "fs");
  const facts = fs.statSync(path, { throwIfNoEntry: false });
  if (facts?.isFile() !== true)
    throw new ValueError(`${fn}: expected a file, got ${quoted(path)}, where there is none.`);
  if (facts.size > mostBytes) {
    throw new FormatError(
      `${fn}: expected a file of at most ${mostBytes} bytes, got ${facts.size} in ${quoted(path)}.`,
    );
  }
  const content = parsed(fn, path, fs.readFileSync(path, "utf8"));
  if (!isPlainObject(content) || content["format"] !== format) {
    throw new FormatError(`${fn}: expected a checkpoint, got another JSON file in ${quoted(path)}.`);
  }
  const { version: written, kind, state } = content;
  if (written !== version) {
    throw new FormatError(`${fn}: expected a checkpoint of version ${version}, got version ${quoted(written)}.`);
  }
  if ((kind !== "training" && kind !== "weights") || !isPlainObject(state)) {
    throw new FormatError(
      `${fn}: expected the state of a training or weights in ${quoted(path)}, got ${quoted(kind)}.`,
    );
  }
  return { kind, state: settleState(fn, state) };
}

function parsed(fn: string, path: string, text: string): unknown {
  try {
    return JSON.parse(text, numbersOfWords);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new FormatError(
      `${fn}: expected a checkpoint in JSON in ${quoted(path)}, got a file that is none: ${error.message}`,
    );
  }
}

/** JSON has no NaN and no infinities, which a history may hold. Tensors have words of their own. */
function wordsForNumbers(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? { number: String(value) } : value;
}

function numbersOfWords(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("number" in value)) return value;
  const { number, ...rest } = value as { readonly number: unknown };
  const isWord = number === "NaN" || number === "Infinity" || number === "-Infinity";
  return isWord && Object.keys(rest).length === 0 ? Number(number) : value;
}
