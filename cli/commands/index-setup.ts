import { writeFile } from "node:fs/promises";
import { Command } from "commander";
import { PipelineError } from "../../domain/errors.ts";
import {
  indexVariables,
  roleHoldersOf,
  setupConfig,
  setupVariables,
  templateSettingsOf,
} from "../../indexer/setup/config.ts";
import { environment } from "../../runtime/config/environment.ts";
import { parseConfig } from "../../runtime/config/parse.ts";
import { httpUrl, wholeDays } from "../arguments.ts";
import { environmentHelp } from "../help.ts";
import { runCommand } from "../run-command.ts";

interface SetupArguments {
  readonly plan?: boolean;
  readonly dashboards?: string;
  readonly retain?: number;
  readonly compressAfter?: number;
  readonly savedObjects?: string;
}

/** `bellwether index setup`: templates, retention and Dashboards, before the first document and after every upgrade. */
export function indexSetupCommand(): Command {
  return new Command("setup")
    .description("Make OpenSearch ready: index templates, roles, retention, Dashboards; again changes nothing")
    .option("--plan", "only show what would be changed")
    .option("--dashboards <url>", "import the saved objects into this OpenSearch Dashboards", httpUrl)
    .option(
      "--retain <days>",
      "delete days older than this: by a policy of Index State Management, or at once where there is none",
      wholeDays,
    )
    .option("--compress-after <days>", "store days older than this in less room", wholeDays)
    .option("--saved-objects <file>", "only write the saved objects to a file, for an import by hand; - for the output")
    .addHelpText("after", environmentHelp(setupVariables))
    .action((options: SetupArguments) =>
      runCommand(() => (options.savedObjects === undefined ? setUp(options) : writeObjects(options.savedObjects))),
    );
}

async function setUp({ plan, dashboards, retain, compressAfter }: SetupArguments): Promise<void> {
  const config = setupConfig(environment);
  const [{ createOpenSearch }, { openSearchConnection }, { createDashboardsClient }, { runSetup }] = await Promise.all([
    import("../../runtime/opensearch/client.ts"),
    import("../../runtime/opensearch/connection.ts"),
    import("../../indexer/dashboards/dashboards-client.ts"),
    import("../../indexer/setup/run-setup.ts"),
  ]);
  const connection = await openSearchConnection(config);
  const openSearch = createOpenSearch(connection);
  try {
    await runSetup(
      {
        templates: templateSettingsOf(config),
        retainDays: retain ?? config.OPENSEARCH_RETAIN_DAYS ?? null,
        compressAfterDays: compressAfter ?? config.OPENSEARCH_COMPRESS_AFTER_DAYS ?? null,
        nowMs: Date.now(),
      },
      {
        openSearch,
        dashboards: dashboards === undefined ? null : createDashboardsClient({ ...connection, url: dashboards }),
        planOnly: plan === true,
        holders: roleHoldersOf(config),
        write: (text) => void process.stdout.write(text),
      },
    );
  } finally {
    await openSearch.close();
  }
}

/** Needs no OpenSearch. */
async function writeObjects(file: string): Promise<void> {
  const [{ ndjson }, { savedObjects }] = await Promise.all([
    import("../../indexer/dashboards/saved-object.ts"),
    import("../../indexer/dashboards/saved-objects.ts"),
  ]);
  const { indexPrefix } = templateSettingsOf(parseConfig(indexVariables, environment));
  const text = ndjson(savedObjects(indexPrefix));
  if (file === "-") return void process.stdout.write(text);
  try {
    await writeFile(file, text);
  } catch (cause) {
    throw new PipelineError("badConfiguration", `${file} cannot be written.`, {
      remedy: "Name a file that can be.",
      cause,
    });
  }
}
