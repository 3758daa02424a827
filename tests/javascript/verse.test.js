import assert from "node:assert/strict";
import { test } from "node:test";
import { normalised, rhymeLetters } from "../../dashboard/shared/components/syllables.js";

test("what is typed is spelled as texts that are read", () => {
  assert.equal(
    normalised("L\u2019œil\u00a0; le coeur\u2026\r\nOEuvre"),
    "L'œil ; le cœur...\nŒuvre",
  );
});

test("lines that rhyme have one number, in the order of the rhymes", () => {
  assert.deepEqual(rhymeLetters([1, 0, null, 5, null, 3]), [0, 0, null, 1, null, 1]);
  assert.deepEqual(rhymeLetters([]), []);
});
