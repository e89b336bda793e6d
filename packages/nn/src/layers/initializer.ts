export { initialize, type Initializer, initializer } from "../init/initializer.ts";
