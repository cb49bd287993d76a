import { expect, it } from "vitest";
import { iceServersOf } from "./ice";

it("leaves out what the server does not say", () => {
  const urls = ["turn:turn.example.org"];
  expect(iceServersOf([{ urls, username: null, credential: null }])).toEqual([{ urls }]);
  expect(iceServersOf([{ urls, username: "u", credential: "c" }])).toEqual([{ urls, username: "u", credential: "c" }]);
});
