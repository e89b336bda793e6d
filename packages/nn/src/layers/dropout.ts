export { Dropout } from "../dropout/dropout.ts";
