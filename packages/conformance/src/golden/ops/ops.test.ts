import { checkFamily } from "../../../test/check-family.ts";

checkFamily("ops", { cases: 759, excluded: 0 });
