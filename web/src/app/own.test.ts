import { beforeEach, describe, expect, it } from "vitest";
import { forgetOwn, own, setUser } from "./own.ts";

const notes = own<readonly string[]>("notes", []);

beforeEach(() => {
  forgetOwn();
  sessionStorage.clear();
});

describe("what a tab keeps", () => {
  it("is found by its owner alone", () => {
    setUser(4);
    notes.set(["a"]);
    setUser(5);
    expect(notes.get()).toEqual([]);
    notes.set(["b"]);
    setUser(4);
    expect(notes.get()).toEqual(["a"]);
    expect(own<readonly string[]>("notes", []).get()).toEqual(["a"]);
  });
  it("is gone when its owner signs out; what others keep is not", () => {
    setUser(40);
    notes.set(["b"]);
    setUser(4);
    notes.set(["a"]);
    forgetOwn();
    expect(notes.get()).toEqual([]);
    setUser(4);
    expect(notes.get()).toEqual([]);
    setUser(40);
    expect(notes.get()).toEqual(["b"]);
  });
  it("is nothing as long as nobody is signed in", () => {
    notes.set(["a"]);
    expect(notes.get()).toEqual([]);
    expect(sessionStorage.length).toBe(0);
  });
});
