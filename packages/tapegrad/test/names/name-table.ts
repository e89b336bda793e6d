/**
 * What there is here for a name of another framework: one of ours, or several with commas, maybe with a remark; or else why
 * there is none.
 */
export type NameRow = string | readonly [ours: string, remark: string] | { readonly none: string };

/** The names of one module of a framework, as `peers.json` lists them. */
export interface NameTable {
  /** What ours is called if no row says otherwise. */
  readonly usual: (name: string) => string;
  readonly rows: Readonly<Record<string, NameRow>>;
}

/** The same row for several names. */
export function each(names: string, row: NameRow): Record<string, NameRow> {
  return Object.fromEntries(names.split(" ").map((name) => [name, row]));
}

/** A row for each of `ranks`, 1 to 3 unless given, whose number stands for "#" in the names. */
export function ranks(
  name: string,
  row: (rank: number) => NameRow,
  which: readonly number[] = [1, 2, 3],
): Record<string, NameRow> {
  return Object.fromEntries(
    which.flatMap((rank) => name.split(" ").map((each) => [each.replace("#", String(rank)), row(rank)])),
  );
}

/** `max_pool2d_` as `maxPool2d`. */
export function camel(name: string): string {
  return name.replace(/_$/, "").replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** `MeanSquaredError` as `meanSquaredError`. */
export function lower(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
