import type { Entries } from "./encode.ts";
import { JsonReader } from "./json-reader.ts";
import { recordOf } from "./record-of.ts";
import { excerpt, type Refuse } from "./refuse.ts";

/** How the name of a file ends that says which tensor is in which shard. */
export const indexEnding = ".index.json";

/**
 * Which shard has which tensor, by the name of the tensor, as an index says it: `{ "weight_map": { "w": "a.safetensors" } }`.
 *
 * @throws {FormatError} made by `refuse`, also for a shard that is not the plain name of a safetensors file: it would be
 * somewhere else
 */
export function parseIndex(text: string, refuse: Refuse): ReadonlyMap<string, string> {
  const reader = new JsonReader(text, refuse);
  let shards: Map<string, string> | undefined;
  for (const key of reader.keys("the index")) {
    if (key === "weight_map") shards = parseShards(reader, refuse);
    else reader.skip(excerpt(key));
  }
  reader.end("the index");
  if (shards === undefined) throw refuse("the index", "to have a weight_map", "none");
  return shards;
}

function parseShards(reader: JsonReader, refuse: Refuse): Map<string, string> {
  const shards = new Map<string, string>();
  for (const name of reader.keys("weight_map")) {
    const field = `the shard of ${excerpt(name)}`;
    const shard = reader.string(field);
    if (!isPlainName(shard))
      throw refuse(field, "to be the name of a .safetensors file in the same folder", excerpt(shard));
    shards.set(name, shard);
  }
  return shards;
}

/** Whether a name has nothing in it that means another folder, drive, stream or device on some system. */
function isPlainName(name: string): boolean {
  return /^[^/\\:*?"<>|\p{Cc}]{1,255}$/u.test(name) && name.endsWith(".safetensors") && !name.startsWith(".");
}

/**
 * The text of an index, as the tools of Hugging Face write it.
 *
 * @param names the names of the shards
 * @param shards what each of them holds
 */
export function indexText(names: readonly string[], shards: readonly Entries[]): string {
  const totalSize = shards.flat().reduce((sum, [, { data }]) => sum + data.byteLength, 0);
  const shardOf = recordOf(shards.flatMap((shard, i) => shard.map(([name]) => [name, names[i]!] as const)));
  return `${JSON.stringify({ metadata: { total_size: totalSize }, weight_map: shardOf }, null, 2)}\n`;
}
