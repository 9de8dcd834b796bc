import type { CorporateAction, DailyBar } from "../../recording/documents.ts";

/** A function that restates a bar in today's shares: every split with a later ex-date divides its prices and multiplies its volume. */
export function splitAdjusted(
  actions: Readonly<Record<string, readonly CorporateAction[]>>,
): (symbol: string, date: string, bar: DailyBar) => DailyBar {
  const splits = [...(actions.forward_splits ?? []), ...(actions.reverse_splits ?? [])];
  return (symbol, date, bar) => {
    let ratio = 1;
    for (const split of splits) {
      if (split.symbol !== symbol || split.ex_date === undefined || split.ex_date <= date) continue;
      ratio *= Number(split.new_rate) / Number(split.old_rate);
    }
    if (ratio === 1) return bar;
    const price = (raw: number) => Math.round((raw / ratio) * 10_000) / 10_000;
    return {
      ...bar,
      o: price(bar.o),
      h: price(bar.h),
      l: price(bar.l),
      c: price(bar.c),
      v: Math.round(bar.v * ratio),
      ...(bar.vw === undefined ? {} : { vw: price(bar.vw) }),
    };
  };
}
