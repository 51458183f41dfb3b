import { IdinitError } from "@idinit/core";
import { expect, test } from "vitest";

test("library errors can be told from others", () => {
  expect(new IdinitError("x")).toBeInstanceOf(Error);
  expect(new IdinitError("x").name).toBe("IdinitError");
});
