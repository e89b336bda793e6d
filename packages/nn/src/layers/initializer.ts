export { initialize, type Initializer } from "../init/initializer.ts";
