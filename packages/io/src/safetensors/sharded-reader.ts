import { ValueError } from "@tapegrad/tensor";
import { quoted } from "@tapegrad/tensor/internal";
import type { SafetensorsEntry } from "./header.ts";
import type { SafetensorsReader, WholeReader } from "./reader.ts";
import { recordOf } from "./record-of.ts";
import { excerpt, type Refuse } from "./refuse.ts";

/**
 * The shards of an index as one reader.
 *
 * @param index which shard has which tensor
 * @param open opens a shard
 * @throws {FormatError} made by `refuse` unless the shards have the tensors that the index says, and no other
 */
export async function shardedReaderOf(
  index: ReadonlyMap<string, string>,
  open: (shard: string) => Promise<WholeReader>,
  refuse: Refuse,
): Promise<WholeReader> {
  const shards = new Map<string, WholeReader>();
  const close = (): void => {
    for (const shard of shards.values()) shard.close();
  };
  try {
    for (const shard of new Set(index.values())) shards.set(shard, await open(shard));
    expectSame(index, shards, refuse);
  } catch (error) {
    close();
    throw error;
  }
  const readers = [...shards.values()];
  return {
    keys: readers.flatMap(({ keys }) => keys),
    entries: recordOf(readers.flatMap(({ entries }) => Object.entries<SafetensorsEntry>(entries))),
    metadata: mergedMetadata(readers),
    async get(name) {
      const shard = index.get(name);
      if (shard === undefined) throw new ValueError(`get: expected the name of a tensor, got ${quoted(name)}.`);
      return shards.get(shard)!.get(name);
    },
    async all(fn) {
      const contents = [];
      for (const reader of readers) contents.push(await reader.all(fn));
      const tensors = recordOf(contents.flatMap((content) => Object.entries(content.tensors)));
      return { tensors, metadata: mergedMetadata(contents) };
    },
    close,
  };
}

function expectSame(
  index: ReadonlyMap<string, string>,
  shards: ReadonlyMap<string, SafetensorsReader>,
  refuse: Refuse,
): void {
  for (const [name, shard] of index) {
    if (!Object.hasOwn(shards.get(shard)!.entries, name))
      throw refuse(`weight_map`, `to name the shard that has ${excerpt(name)}`, excerpt(shard));
  }
  for (const [shard, { keys }] of shards) {
    const other = keys.find((name) => index.get(name) !== shard);
    if (other !== undefined)
      throw refuse("weight_map", `to have ${excerpt(other)} of ${excerpt(shard)}`, "it elsewhere or not");
  }
}

/** What the first says comes before what others say. */
function mergedMetadata(
  parts: readonly { readonly metadata: Readonly<Record<string, string>> }[],
): Record<string, string> {
  return recordOf(parts.toReversed().flatMap(({ metadata }) => Object.entries(metadata)));
}
