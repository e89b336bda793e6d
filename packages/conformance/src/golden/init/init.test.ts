import { checkFamily } from "../../../test/check-family.ts";

checkFamily("init", { cases: 134, excluded: 0 }, 20);
