import { checkFamily } from "../../../test/check-family.ts";

checkFamily("losses", { cases: 385, excluded: 0 });
