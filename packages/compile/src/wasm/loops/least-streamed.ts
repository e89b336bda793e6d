/** Elements from which on columns are streamed. Fewer stay near in any case: sums in registers are as fast, with less code. */
export const leastStreamed = 65_536;
