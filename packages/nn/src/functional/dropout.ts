export { dropout } from "../dropout/dropout.ts";
