import { builtin, writeWhole } from "@tapegrad/files";
import { type Tensor, ValueError } from "@tapegrad/tensor";
import {
  expectValue,
  option,
  optional,
  type OptionTable,
  quoted,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { canonical, encode } from "./encode.ts";
import { indexEnding, indexText } from "./shard-index.ts";
import { runsOf } from "./runs-of.ts";
import { oldShards, shardPaths } from "./shards.ts";
import { textsByName } from "./texts-by-name.ts";

/** Options of {@link saveSafetensors}. */
export interface SaveSafetensorsOptions {
  /** Texts by name that go into the header of each file; none unless given. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** How many bytes of tensors a file may have before there are several; no limit unless given. */
  readonly maxShardBytes?: number;
}

const table: OptionTable<SaveSafetensorsOptions> = {
  metadata: optional(textsByName),
  maxShardBytes: option({ ...ranges.count, has: (value) => value === Infinity || ranges.count.has(value) }, Infinity),
};

/**
 * Writes tensors to a safetensors file, with the bytes of `encodeSafetensors`. When the promise is made, the tensors have
 * been read: what is assigned to them afterwards is not in the file.
 *
 * The file is there as a whole or, when the program is killed or the disk is full, as it was before. With `maxShardBytes`,
 * what does not fit in one file goes into `model-00001-of-00002.safetensors` and so on, and `model.safetensors.index.json`
 * tells which tensor is where, as the tools of Hugging Face have it; a tensor is never divided. Shards that an index names are
 * not overwritten, but removed when the new index is there: they get other names then, `model-00001-of-00002.1.safetensors`.
 * `loadSafetensors` takes the same path either way.
 *
 * @param path where to write; its folder is made
 * @param tensors by name, as `stateDict` gives them
 * @throws {ValueError} where there are no files, when writing fails, and as `encodeSafetensors` does
 * @see Hugging Face, Safetensors: Format (2023), https://github.com/huggingface/safetensors#format
 * @example
 * await saveSafetensors("weights.safetensors", net.stateDict(), { metadata: { epoch: "3" } });
 * net.loadStateDict((await loadSafetensors("weights.safetensors")).tensors);
 */
export async function saveSafetensors(
  path: string,
  tensors: Readonly<Record<string, Tensor>>,
  options: SaveSafetensorsOptions = {},
): Promise<void> {
  const fn = "saveSafetensors";
  const { metadata = {}, maxShardBytes } = settleOptions(fn, options, table);
  expectValue(fn, "path", path, ranges.text);
  if (path === "" || path.endsWith(indexEnding))
    throw new ValueError(`${fn}: expected path to be that of a file of tensors, got ${quoted(path)}.`);
  const shards = runsOf(canonical(fn, tensors), ([, { data }]) => data.byteLength, maxShardBytes);
  const stem = path.replace(/\.safetensors$/, "");
  const old = oldShards(fn, stem);
  if (shards.length < 2) {
    writeWhole(fn, path, encode(fn, shards[0] ?? [], metadata));
    remove(fn, [path + indexEnding, ...old]);
  } else {
    const paths = shardPaths(stem, shards.length, old);
    for (const [i, shard] of shards.entries()) writeWhole(fn, paths[i]!, encode(fn, shard, metadata));
    const { basename } = builtin(fn, "path");
    const names = paths.map((each) => basename(each));
    writeWhole(fn, path + indexEnding, indexText(names, shards));
    remove(fn, [path, ...old]);
  }
}

/** Removes what the new file or index has taken the place of: it would be read instead, or never again. */
function remove(fn: string, paths: readonly string[]): void {
  const { rmSync, statSync } = builtin(fn, "fs");
  for (const path of paths) {
    try {
      if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) rmSync(path);
    } catch (error) {
      throw new ValueError(`${fn}: expected to remove ${path}, got ${(error as Error).message}.`);
    }
  }
}
