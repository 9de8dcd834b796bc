import { PipelineError } from "../domain/errors.ts";
import { topicNames } from "../domain/topics.ts";
import type { RecordKind } from "./values.ts";

const ofCandles: readonly RecordKind[] = ["candle"];
const ofAlerts: readonly RecordKind[] = ["alert"];
/** Made for products only. */
const ofProducts: readonly RecordKind[] = ["minuteBar"];

/**
 * The topics to read for some kinds (null: all), of those that this user may see. The pipeline's own go first: they hold all of a kind. Where one
 * of them is not shown, the others that are shown are products, and what they hold is told by their records.
 * @throws PipelineError `kafkaAuthorization` where there is none
 */
export function topicsFor(
  kinds: ReadonlySet<RecordKind> | null,
  visible: readonly string[],
  prefix: string,
): readonly string[] {
  const names = topicNames(prefix);
  const isWanted = (of: readonly RecordKind[]) => kinds === null || of.some((kind) => kinds.has(kind));
  const others = [...ofCandles, ...ofAlerts, ...ofProducts];
  const isEnriched = kinds === null || [...kinds].some((kind) => !others.includes(kind));
  const needed = [
    ...(isEnriched ? [names.enriched] : []),
    ...(isWanted(ofCandles) ? [names.candles] : []),
    ...(isWanted(ofAlerts) ? [names.alerts] : []),
  ];
  const pipeline = needed.filter((topic) => visible.includes(topic));
  const ownTopics: readonly string[] = Object.values(names);
  const products = visible.filter((topic) => !ownTopics.includes(topic) && !topic.startsWith("__"));
  const needsProducts = pipeline.length < needed.length || (kinds !== null && isWanted(ofProducts));
  const chosen = needsProducts ? [...pipeline, ...products] : pipeline;
  if (chosen.length > 0) return chosen;
  const seen = visible.length === 0 ? "no topic at all" : `only ${visible.join(", ")}`;
  throw new PipelineError("kafkaAuthorization", `This user may see ${seen}: nothing of what is asked for.`, {
    remedy: "Ask your provider which products you have bought; where topics have other names, name them.",
  });
}
