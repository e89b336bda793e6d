export { builtin } from "./builtin.ts";
export { writeWhole } from "./write-whole.ts";
