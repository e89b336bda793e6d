export { builtin } from "./builtin.ts";
export type { Builtins, FileStatus, Hash } from "./builtins.ts";
export { cacheFolder } from "./cache-folder.ts";
export { digest } from "./digest.ts";
export { download, type DownloadOptions, type Published } from "./download.ts";
export { fetchRange, type FetchRangeOptions, type FileRange } from "./fetch-range.ts";
export { gunzip, isGzip } from "./gunzip.ts";
export { readBounded } from "./read-bounded.ts";
export { writeWhole } from "./write-whole.ts";
