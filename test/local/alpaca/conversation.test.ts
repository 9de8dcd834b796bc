import { describe, expect, it } from "vitest";
import { Conversation, type ConversationRules } from "../../../local/alpaca/conversation.ts";
import { messageOfLine } from "../../../local/alpaca/feed.ts";

const rules: ConversationRules = {
  keyId: "key",
  secretKey: "secret",
  symbolLimit: 3,
  entitled: true,
  takeSlot: () => true,
};
const auth = { action: "auth", key: "key", secret: "secret" };

function converse(change: Partial<ConversationRules> = {}): Conversation {
  return new Conversation({ ...rules, ...change });
}

function signedIn(change: Partial<ConversationRules> = {}): Conversation {
  const conversation = converse(change);
  conversation.answer(auth);
  return conversation;
}

const codesOf = (conversation: Conversation, message: unknown) =>
  conversation.answer(message).replies.map(({ code }) => code);

describe("the conversation with a client", () => {
  it("welcomes the right key", () => {
    expect(converse().answer(auth)).toEqual({ replies: [{ T: "success", msg: "authenticated" }], close: false });
  });

  it.each([
    ["402 and a close for a wrong key", {}, { ...auth, secret: "other" }, 402, true],
    ["409 and a close for a feed that the plan does not have", { entitled: false }, auth, 409, true],
    ["406 and a close where no connection is free", { takeSlot: () => false }, auth, 406, true],
    ["401 for a subscription before signing in", {}, { action: "subscribe", trades: ["AAA"] }, 401, false],
  ])("answers %s", (_, change, message, code, close) => {
    const answer = converse(change).answer(message);
    expect(answer.replies).toMatchObject([{ T: "error", code }]);
    expect(answer.close).toBe(close);
  });

  it("answers 403 to a second sign-in, and stays signed in", () => {
    const conversation = signedIn();
    expect(codesOf(conversation, auth)).toEqual([403]);
    expect(conversation.isAuthenticated).toBe(true);
  });

  it.each([
    undefined,
    null,
    "auth",
    [],
    {},
    { action: "shout" },
    { action: "auth", key: 1, secret: "secret" },
    { action: "subscribe", quotes: "AAA" },
    { action: "subscribe", quotes: ["aaa"] },
    { action: "subscribe", quotes: [""] },
    { action: "subscribe", quotes: [7] },
    { action: "subscribe", whispers: ["AAA"] },
  ])("answers 400 to %j", (message) => {
    expect(codesOf(signedIn(), message)).toEqual([400]);
  });

  it("answers 410 to a channel of another stream", () => {
    expect(codesOf(signedIn(), { action: "subscribe", news: ["*"] })).toEqual([410]);
  });

  it("adds to a subscription, and acknowledges every channel with its full list", () => {
    const conversation = signedIn();
    conversation.answer({ action: "subscribe", trades: ["AAA"], bars: ["*"] });
    expect(conversation.answer({ action: "subscribe", trades: ["AAA", "BBB"], quotes: ["AAA"] }).replies).toEqual([
      {
        T: "subscription",
        trades: ["AAA", "BBB"],
        quotes: ["AAA"],
        bars: ["*"],
        updatedBars: [],
        dailyBars: [],
        statuses: [],
        lulds: [],
        imbalances: [],
        corrections: ["AAA", "BBB"],
        cancelErrors: ["AAA", "BBB"],
      },
    ]);
  });

  it("takes back only what it is told to", () => {
    const conversation = signedIn();
    conversation.answer({ action: "subscribe", quotes: ["AAA", "BBB"] });
    expect(conversation.answer({ action: "unsubscribe", quotes: ["BBB", "CCC"] }).replies).toMatchObject([
      { quotes: ["AAA"], trades: [] },
    ]);
  });

  it("answers 405 to too many trades and quotes together, and leaves the subscription unchanged", () => {
    const conversation = signedIn();
    conversation.answer({ action: "subscribe", trades: ["AAA"], quotes: ["AAA"] });
    expect(codesOf(conversation, { action: "subscribe", quotes: ["BBB", "CCC"] })).toEqual([405]);
    expect(codesOf(conversation, { action: "subscribe", quotes: ["*"] })).toEqual([405]);
    // Bars are not limited, and what is there already does not count twice.
    expect(
      conversation.answer({ action: "subscribe", quotes: ["AAA", "BBB"], bars: ["AAA", "BBB", "CCC", "DDD"] }).replies,
    ).toMatchObject([{ quotes: ["AAA", "BBB"], trades: ["AAA"] }]);
  });
});

describe("a subscription", () => {
  const wants = (request: object, line: string) => {
    const conversation = signedIn({ symbolLimit: Number.POSITIVE_INFINITY });
    conversation.answer({ action: "subscribe", ...request });
    return conversation.subscription.wants(messageOfLine(line));
  };

  it.each([
    [{ quotes: ["AAA"] }, '{"T":"q","S":"AAA"}', true],
    [{ quotes: ["AAA"] }, '{"T":"q","S":"BBB"}', false],
    [{ quotes: ["*"] }, '{"T":"q","S":"BBB"}', true],
    [{ quotes: ["AAA"] }, '{"T":"t","S":"AAA"}', false],
    [{ trades: ["AAA"] }, '{"T":"c","S":"AAA"}', true],
    [{ trades: ["AAA"] }, '{"T":"x","S":"AAA"}', true],
    [{ bars: ["AAA"] }, '{"T":"u","S":"AAA"}', false],
    [{ bars: ["AAA"] }, '{"T":"new","S":"AAA"}', true],
    [{ bars: ["AAA"] }, '{"T":"new","S":"BBB"}', false],
    [{ bars: ["AAA"] }, '{"T":"q"}', true],
    [{ bars: ["AAA"] }, "not JSON", true],
    [{}, "not JSON", false],
  ])("%j and the message %s: %s", (request, line, expected) => {
    expect(wants(request, line)).toBe(expected);
  });
});
