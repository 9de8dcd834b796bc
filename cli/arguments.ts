import { InvalidArgumentError } from "commander";
import { z } from "zod";
import { symbolPattern } from "../runtime/config/variables.ts";

/** A TCP port from the command line. */
export function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 65_535)
    throw new InvalidArgumentError("A port is a number from 1 to 65535.");
  return value;
}

/** `max`, or how many times as fast as real time. */
export function speed(text: string): number | "max" {
  if (text === "max") return "max";
  return aboveZero("A speed is a number above 0, or max.")(text);
}

/** Symbols separated by commas. */
export function symbols(text: string): readonly string[] {
  const list = text
    .split(",")
    .map((symbol) => symbol.trim())
    .filter((symbol) => symbol !== "");
  const bad = list.find((symbol) => !symbolPattern.test(symbol));
  if (bad !== undefined) throw new InvalidArgumentError(`${bad} is no symbol: upper-case letters, digits, dot.`);
  if (list.length === 0) throw new InvalidArgumentError("Give one symbol or more, separated by commas.");
  return list;
}

/** A whole number from 0: a seed. */
export const wholeNumber = wholeFrom(0, "Give a whole number from 0.");

/** How many records, one or more: a reader that wants none would still join its group. */
export const recordCount = wholeFrom(1, "Give a whole number from 1.");

/** Whole days, one or more. */
export const wholeDays = wholeFrom(1, "Give a whole number of days from 1.");

/** Reads a whole number that is not below `min`. */
export function wholeFrom(min: number, otherwise: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < min) throw new InvalidArgumentError(otherwise);
    return value;
  };
}

/** Reads a number that is above zero. */
export function aboveZero(otherwise: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError(otherwise);
    return value;
  };
}

const dateTime = z.iso.datetime({ offset: true });

/** Where a reader starts. A time is one of RFC 3339, with its zone: `Date` takes "5" for a day in May. */
export function startFrom(text: string): "beginning" | "latest" | Date {
  if (text === "beginning" || text === "latest") return text;
  if (dateTime.safeParse(text).success) return new Date(text);
  throw new InvalidArgumentError("Give beginning, latest, or a time such as 2026-01-05T14:30:00Z.");
}

/** An address of a server; credentials have variables of their own. */
export function httpUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) throw new InvalidArgumentError("Give a URL of http or https.");
  if (url.username !== "" || url.password !== "") {
    throw new InvalidArgumentError("A URL here must hold no user name or password: they have variables of their own.");
  }
  return text;
}
