import { kindNames } from "../kinds.ts";
import { controlsObject } from "./controls.ts";
import { dashboardObject } from "./dashboard.ts";
import { indexPatternObject } from "./index-pattern.ts";
import { namingOf } from "./naming.ts";
import { feedHealthDashboard, feedHealthSearches, feedHealthVisualizations } from "./panels/feed-health.ts";
import { marketControls, marketDashboard, marketVisualizations } from "./panels/market.ts";
import { symbolControls, symbolDashboard, symbolSearches, symbolVisualizations } from "./panels/symbol.ts";
import type { SavedObject } from "./saved-object.ts";
import { savedSearchObject } from "./saved-search.ts";
import { visualizationObject } from "./visualization.ts";

const visualizations = [...marketVisualizations, ...symbolVisualizations, ...feedHealthVisualizations];
const controls = [marketControls, symbolControls];
const searches = [...symbolSearches, ...feedHealthSearches];
const dashboards = [marketDashboard, symbolDashboard, feedHealthDashboard];

/** Everything that people browse a deployment with; each object after those that it refers to. */
export function savedObjects(indexPrefix: string): readonly SavedObject[] {
  const naming = namingOf(indexPrefix);
  const listed = new Set(searches.map(({ name }) => name));
  const typeOf = (name: string) => (listed.has(name) ? "search" : "visualization");
  return [
    ...kindNames.map((kind) => indexPatternObject(kind, naming)),
    ...searches.map((search) => savedSearchObject(search, naming)),
    ...controls.map((control) => controlsObject(control, naming)),
    ...visualizations.map((visualization) => visualizationObject(visualization, naming)),
    ...dashboards.map((dashboard) => dashboardObject(dashboard, typeOf, naming)),
  ];
}
