import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { openRecording } from "../../local/recording/recording.ts";
import { ownRecordings } from "./make.ts";

describe.each(Object.keys(ownRecordings))("the recording %s", (name) => {
  it("is what its maker makes", async () => {
    const made = ownRecordings[name]?.();
    const recording = await openRecording(fileURLToPath(new URL(name, import.meta.url)));
    const lines: string[] = [];
    for await (const batch of recording.lines()) lines.push(...batch);

    expect(lines).toEqual(made?.lines);
    expect(recording.manifest).toEqual(made?.manifest);
    expect(recording.dailyBars).toEqual(made?.dailyBars);
    expect(recording.corporateActions).toEqual(made?.corporateActions);
  });
});
