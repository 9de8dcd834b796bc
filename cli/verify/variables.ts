import { indexVariables } from "../../indexer/setup/config.ts";
import { kafkaVariables, logVariables, openSearchVariables } from "../../runtime/config/variables.ts";

/** What the audit reads from the environment. */
export const verifyVariables = kafkaVariables.extend(logVariables.shape);

const indexing = indexVariables.pick({ TOPIC_PREFIX: true, OPENSEARCH_RETAIN_DAYS: true, OPENSEARCH_REFRESH_MS: true });

/** What the audit of OpenSearch reads besides. */
export const openSearchAuditVariables = openSearchVariables.extend(indexing.shape);
