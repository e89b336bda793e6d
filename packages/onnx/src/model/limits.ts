import type { Limits } from "@tapegrad/io/internal";

/** What a file may hold at most: far beyond any model, and far below what would hurt. Two GiB is what the format itself allows. */
export const limits: Limits = { bytes: 2 ** 31 - 1, depth: 48, messages: 200_000 };
